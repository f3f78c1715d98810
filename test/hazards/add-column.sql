-- What ADD COLUMN does to a table with rows.
-- # before
CREATE TABLE t (id int PRIMARY KEY, a int, s text);
INSERT INTO t SELECT g, g, 'x' FROM generate_series(1, 20) g;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN plain AS text;
CREATE DOMAIN checked AS text CHECK (VALUE <> '');
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE FUNCTION steady() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION fixed(a int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN a; END';
CREATE FUNCTION careless() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';

-- ## H01 nullable
-- # migration
ALTER TABLE t ADD COLUMN c text;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H02 NOT NULL with a constant
-- # migration
ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 1;
ALTER TABLE t ADD COLUMN d int DEFAULT -1, ADD COLUMN e numeric(10, 2) DEFAULT 1.5;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H02 NOT NULL with an enum's value, an array, a JSON literal, a cast
-- # migration
ALTER TABLE t ADD COLUMN c mood NOT NULL DEFAULT 'ok';
ALTER TABLE t ADD COLUMN d text[] NOT NULL DEFAULT ARRAY[]::text[];
ALTER TABLE t ADD COLUMN e jsonb NOT NULL DEFAULT '{"a": [1]}'::jsonb;
ALTER TABLE t ADD COLUMN f boolean NOT NULL DEFAULT false;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H03 a stable or immutable default is computed once
-- # migration
ALTER TABLE t ADD COLUMN c timestamptz NOT NULL DEFAULT now();
ALTER TABLE t ADD COLUMN d timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE t ADD COLUMN e date DEFAULT CURRENT_DATE;
ALTER TABLE t ADD COLUMN f timestamptz DEFAULT now() + interval '7 days';
ALTER TABLE t ADD COLUMN g timestamp DEFAULT (now() AT TIME ZONE 'utc');
ALTER TABLE t ADD COLUMN h text DEFAULT lower('X');
ALTER TABLE t ADD COLUMN i bigint DEFAULT txid_current();
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H03 a stable or immutable function of the user's
-- # migration
ALTER TABLE t ADD COLUMN c int DEFAULT steady();
ALTER TABLE t ADD COLUMN d int DEFAULT fixed(1);
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H04 gen_random_uuid() copies the table
-- # migration
ALTER TABLE t ADD COLUMN c uuid NOT NULL DEFAULT gen_random_uuid();
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 add-column-rewrites-table

-- ## H04 other volatile defaults
-- # before
CREATE SEQUENCE numbers;
-- # migration
ALTER TABLE t ADD COLUMN c double precision DEFAULT random();
ALTER TABLE t ADD COLUMN d timestamptz DEFAULT clock_timestamp();
ALTER TABLE t ADD COLUMN e text DEFAULT timeofday();
ALTER TABLE t ADD COLUMN f text DEFAULT md5(random()::text);
ALTER TABLE t ADD COLUMN g int DEFAULT nextval('numbers');
ALTER TABLE t ADD COLUMN h int DEFAULT careless();
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- 2: rewrites t
-- 3: rewrites t
-- 4: rewrites t
-- 5: rewrites t
-- 6: rewrites t
-- # check
-- 1:1 add-column-rewrites-table
-- 2:1 add-column-rewrites-table
-- 3:1 add-column-rewrites-table
-- 4:1 add-column-rewrites-table
-- 5:1 add-column-rewrites-table
-- 6:1 add-column-rewrites-table

-- ## H04 uuidv7 of PostgreSQL 18
-- # postgres
-- 18
-- # migration
ALTER TABLE t ADD COLUMN c uuid DEFAULT uuidv7();
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 add-column-rewrites-table

-- ## H04 the default apart from the column, in one command or two
-- # migration
ALTER TABLE t ADD COLUMN c uuid, ALTER COLUMN c SET DEFAULT gen_random_uuid();
ALTER TABLE t ADD COLUMN d uuid;
ALTER TABLE t ALTER COLUMN d SET DEFAULT gen_random_uuid();
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H04 on a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY);
ALTER TABLE fresh ADD COLUMN c uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE fresh ADD COLUMN d serial;

-- ## H04 IF NOT EXISTS of a column that is there
-- # migration
ALTER TABLE t ADD COLUMN IF NOT EXISTS a double precision DEFAULT random();
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H05 required, without a default
-- # migration
ALTER TABLE t ADD COLUMN c int NOT NULL;
-- # truth
-- 1: fails with 23502
-- # check
-- 1:1 add-required-column-fails

-- ## H05 required, among others
-- # migration
ALTER TABLE t
  ADD COLUMN c int,
  ADD COLUMN d text NOT NULL;
-- # truth
-- 1: fails with 23502
-- # check
-- 3:3 add-required-column-fails

-- ## H05 required and unique
-- # migration
ALTER TABLE t ADD COLUMN c int NOT NULL UNIQUE;
-- # truth
-- 1: fails with 23502
-- # check
-- 1:1 add-required-column-fails
-- 1:41 add-unique-builds-index

-- ## H05 required and a reference
-- # migration
ALTER TABLE t ADD COLUMN c int NOT NULL REFERENCES p (id);
-- # truth
-- 1: fails with 23502
-- # check
-- 1:1 add-required-column-fails

-- ## H06 the default is dropped at once: code that does not write the column fails
-- # old code
INSERT INTO t (id) VALUES (100)
-- # migration
ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 1;
ALTER TABLE t ALTER COLUMN c DROP DEFAULT;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code 1: fails with 23502
-- # check
-- 2:1 drop-default-breaks-old-writers

-- ## H06 of an optional column
-- # old code
INSERT INTO t (id) VALUES (100)
-- # migration
ALTER TABLE t ADD COLUMN c int DEFAULT 1;
ALTER TABLE t ALTER COLUMN c DROP DEFAULT;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code works

-- ## H07 serial and bigserial
-- # migration
ALTER TABLE t ADD COLUMN c serial;
ALTER TABLE t ADD COLUMN d bigserial NOT NULL;
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- 2: rewrites t
-- # check
-- 1:1 add-column-rewrites-table
-- 2:1 add-column-rewrites-table

-- ## H07 the same by hand
-- # migration
ALTER TABLE t ADD COLUMN c int;
CREATE SEQUENCE t_c_seq OWNED BY t.c;
ALTER TABLE t ALTER COLUMN c SET DEFAULT nextval('t_c_seq');
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H08 identity
-- # migration
ALTER TABLE t ADD COLUMN c int GENERATED BY DEFAULT AS IDENTITY;
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 add-column-rewrites-table

-- ## H08 an existing column becomes one
-- # before
CREATE TABLE u (id int NOT NULL);
INSERT INTO u SELECT generate_series(1, 20);
-- # migration
ALTER TABLE u ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
-- # truth
-- 1: ACCESS EXCLUSIVE on u

-- ## H09 generated and stored
-- # migration
ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (a * 2) STORED;
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 add-column-rewrites-table

-- ## H09 another expression for a stored column
-- # postgres
-- 17-18
-- # before
ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (a * 2) STORED;
-- # migration
ALTER TABLE t ALTER COLUMN c SET EXPRESSION AS (a * 3);
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 rewrites-table

-- ## H09 a stored column becomes an ordinary one
-- # before
ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (a * 2) STORED;
-- # migration
ALTER TABLE t ALTER COLUMN c DROP EXPRESSION;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H10 generated and virtual
-- # postgres
-- 18
-- # migration
ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (a * 2) VIRTUAL;
ALTER TABLE t ALTER COLUMN c SET EXPRESSION AS (a * 3);
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H11 with a CHECK
-- # migration
ALTER TABLE t ADD COLUMN c int CHECK (c > 0);
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- # check
-- 1:32 add-check-scans-table

-- ## H11 with a CHECK and a default
-- # migration
ALTER TABLE t ADD COLUMN c int DEFAULT 1 CONSTRAINT positive CHECK (c > 0);
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- # check
-- 1:42 add-check-scans-table

-- ## H11 the CHECK apart
-- # migration
ALTER TABLE t ADD COLUMN c int;
ALTER TABLE t ADD CONSTRAINT positive CHECK (c > 0) NOT VALID;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H12 UNIQUE
-- # migration
ALTER TABLE t ADD COLUMN c int UNIQUE;
-- # truth
-- 1: builds an index on t; ACCESS EXCLUSIVE on t
-- # check
-- 1:32 add-unique-builds-index

-- ## H12 UNIQUE, where the column may be there
-- # migration
ALTER TABLE t ADD COLUMN IF NOT EXISTS c int UNIQUE;
-- # truth
-- 1: builds an index on t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 add-column-with-constraint-scans

-- ## H12 PRIMARY KEY with a default
-- # before
CREATE TABLE u (a int);
INSERT INTO u VALUES (1);
-- # migration
ALTER TABLE u ADD COLUMN id int DEFAULT 1 PRIMARY KEY;
-- # truth
-- 1: builds an index on u; ACCESS EXCLUSIVE on u
-- # check
-- 1:43 add-unique-builds-index

-- ## H13 a reference that is NULL in every row
-- # migration
ALTER TABLE t ADD COLUMN c int REFERENCES p (id);
-- # truth
-- 1: SHARE ROW EXCLUSIVE on p; ACCESS EXCLUSIVE on t

-- ## H13 a reference with DEFAULT NULL, which PostgreSQL takes for one with a default
-- # migration
ALTER TABLE t ADD COLUMN c int DEFAULT NULL REFERENCES p (id);
-- # truth
-- 1: scans t; SHARE ROW EXCLUSIVE on p; ACCESS EXCLUSIVE on t
-- # check
-- 1:45 add-foreign-key-blocks-writes

-- ## H13 a reference with a default
-- # migration
ALTER TABLE t ADD COLUMN c int DEFAULT 1 REFERENCES p (id);
-- # truth
-- 1: scans t; SHARE ROW EXCLUSIVE on p; ACCESS EXCLUSIVE on t
-- # check
-- 1:42 add-foreign-key-blocks-writes

-- ## H14 a domain that refuses values
-- # migration
ALTER TABLE t ADD COLUMN c checked;
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 add-column-rewrites-table

-- ## H14 a domain that refuses values, with a default
-- # migration
ALTER TABLE t ADD COLUMN c checked DEFAULT 'x';
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 add-column-rewrites-table

-- ## H14 a domain without a constraint
-- # migration
ALTER TABLE t ADD COLUMN c plain;
ALTER TABLE t ADD COLUMN d plain NOT NULL DEFAULT 'x';
-- # truth
-- 1: ACCESS EXCLUSIVE on t
