-- ALTER COLUMN … TYPE on a table with rows.
-- # before
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, i int, si smallint, v varchar(10), s text, n numeric(6, 2), r real, f double precision, j json, ts timestamp, tz timestamptz,
  c char(3), m mood, va varchar(10)[], vb bit varying(4), ip cidr, iv interval(2), t3 timestamp(3), u text);
INSERT INTO t SELECT g, g, g, 'x', 'y', 1.5, 1, 1, '{}', now(), now(), 'abc', 'ok', ARRAY['x'], B'1', '10.0.0.0/8', '1 s', now(), gen_random_uuid()::text FROM generate_series(1, 20) g;

-- ## H21 integers and floats
-- # migration
ALTER TABLE t ALTER COLUMN i TYPE bigint;
ALTER TABLE t ALTER COLUMN si TYPE int;
ALTER TABLE t ALTER COLUMN r TYPE double precision;
ALTER TABLE t ALTER COLUMN f TYPE numeric;
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- 2: rewrites t
-- 3: rewrites t
-- 4: rewrites t
-- # check
-- 1:1 change-column-type-rewrites-table
-- 2:1 change-column-type-rewrites-table
-- 3:1 change-column-type-rewrites-table
-- 4:1 change-column-type-rewrites-table

-- ## H21 to text, from text
-- # migration
ALTER TABLE t ALTER COLUMN i TYPE text;
ALTER TABLE t ALTER COLUMN m TYPE text;
ALTER TABLE t ALTER COLUMN c TYPE text;
ALTER TABLE t ALTER COLUMN j TYPE jsonb;
ALTER TABLE t ALTER COLUMN u TYPE uuid USING u::uuid;
ALTER TABLE t ALTER COLUMN s TYPE varchar(20);
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- 2: rewrites t
-- 3: rewrites t
-- 4: rewrites t
-- 5: rewrites t
-- 6: rewrites t
-- # check
-- 1:1 change-column-type-rewrites-table
-- 2:1 change-column-type-rewrites-table
-- 3:1 change-column-type-rewrites-table
-- 4:1 change-column-type-rewrites-table
-- 5:1 change-column-type-rewrites-table
-- 6:1 change-column-type-rewrites-table

-- ## H21 narrower, another scale, arrays
-- # migration
ALTER TABLE t ALTER COLUMN v TYPE varchar(5);
ALTER TABLE t ALTER COLUMN n TYPE numeric(6, 1);
ALTER TABLE t ALTER COLUMN va TYPE text[];
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- 2: rewrites t
-- 3: rewrites t
-- # check
-- 1:1 change-column-type-rewrites-table
-- 2:1 change-column-type-rewrites-table
-- 3:1 change-column-type-rewrites-table

-- ## H21 on a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY);
ALTER TABLE fresh ALTER COLUMN id TYPE bigint;

-- ## H22 longer text
-- # migration
ALTER TABLE t ALTER COLUMN v TYPE varchar(20);
ALTER TABLE t ALTER COLUMN v TYPE varchar;
ALTER TABLE t ALTER COLUMN v TYPE text;
ALTER TABLE t ALTER COLUMN v SET DATA TYPE varchar USING v::varchar;
ALTER TABLE t ALTER COLUMN s TYPE varchar;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H22 with an index on it
-- # before
CREATE INDEX t_v_idx ON t (v);
-- # migration
ALTER TABLE t ALTER COLUMN v TYPE text;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H23 wider
-- # migration
ALTER TABLE t ALTER COLUMN n TYPE numeric(10, 2);
ALTER TABLE t ALTER COLUMN n TYPE numeric;
ALTER TABLE t ALTER COLUMN vb TYPE bit varying(9);
ALTER TABLE t ALTER COLUMN ip TYPE inet;
ALTER TABLE t ALTER COLUMN iv TYPE interval(4);
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H24 timestamp to timestamptz, in whatever zone
-- # migration
SET LOCAL timezone = 'Europe/Berlin';
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;
-- # truth
-- 2: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 2:1 change-column-type-rewrites-table

-- ## H24 timestamp to timestamptz in UTC
-- # migration
SET LOCAL timezone = 'UTC';
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;
-- # truth
-- 2: ACCESS EXCLUSIVE on t

-- ## H24 in UTC with an index on it
-- # before
CREATE INDEX t_ts_idx ON t (ts);
-- # migration
SET LOCAL timezone = 'UTC';
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;
-- # truth
-- 2: builds an index on t; ACCESS EXCLUSIVE on t
-- # check
-- 2:1 change-column-type-checks-dependents

-- ## H24 in UTC to timestamptz(3)
-- # migration
SET LOCAL timezone = 'UTC';
ALTER TABLE t ALTER COLUMN t3 TYPE timestamptz(3);
-- # truth
-- 2: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 2:1 change-column-type-rewrites-table

-- ## H24 with AT TIME ZONE
-- # migration
SET LOCAL timezone = 'UTC';
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz USING ts AT TIME ZONE 'UTC';
-- # truth
-- 2: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 2:1 change-column-type-rewrites-table

-- ## H25 more digits of a second
-- # migration
ALTER TABLE t ALTER COLUMN t3 TYPE timestamp(6);
ALTER TABLE t ALTER COLUMN t3 TYPE timestamp;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H25 fewer digits of a second
-- # migration
ALTER TABLE t ALTER COLUMN ts TYPE timestamp(3);
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 change-column-type-rewrites-table

-- ## H26 H57 an enum is built anew, without one value
-- # old code
INSERT INTO t (id, m) VALUES (100, 'sad')
-- # migration
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('ok');
ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood;
DROP TYPE mood_old;
-- # truth
-- 3: rewrites t; ACCESS EXCLUSIVE on t
-- old code 1: fails with 22P02
-- # check
-- 3:1 rebuild-enum-rewrites-tables
-- 3:1 rebuild-enum-breaks-old-code

-- ## H26 H57 an enum is built anew, with one value more
-- # old code
INSERT INTO t (id, m) VALUES (100, 'sad')
-- # migration
ALTER TABLE t ALTER COLUMN m TYPE text;
DROP TYPE mood;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
ALTER TABLE t ALTER COLUMN m TYPE mood USING m::mood;
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- 4: rewrites t
-- old code works
-- # check
-- 1:1 rebuild-enum-rewrites-tables
-- 4:1 rebuild-enum-rewrites-tables

-- ## H26 with a default in the way
-- # before
ALTER TABLE t ALTER COLUMN m SET DEFAULT 'ok';
-- # migration
CREATE TYPE mood_new AS ENUM ('ok');
ALTER TABLE t ALTER COLUMN m TYPE mood_new USING m::text::mood_new;
-- # truth
-- 2: fails with 42804
-- # check
-- 2:1 change-column-type-fails

-- ## H27 an index over an expression of it
-- # before
CREATE INDEX t_v_idx ON t (lower(v));
-- # migration
ALTER TABLE t ALTER COLUMN v TYPE text;
-- # truth
-- 1: builds an index on t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 change-column-type-checks-dependents

-- ## H27 a partial index on it
-- # before
CREATE INDEX t_v_idx ON t (id) WHERE v <> '';
-- # migration
ALTER TABLE t ALTER COLUMN v TYPE text;
-- # truth
-- 1: builds an index on t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 change-column-type-checks-dependents

-- ## H27 another collation
-- # before
CREATE INDEX t_s_idx ON t (s);
-- # migration
ALTER TABLE t ALTER COLUMN s TYPE text COLLATE "C";
-- # truth
-- 1: builds an index on t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 change-column-type-checks-dependents

-- ## H28 a CHECK on it
-- # before
ALTER TABLE t ADD CONSTRAINT there CHECK (v <> '');
-- # migration
ALTER TABLE t ALTER COLUMN v TYPE text;
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 change-column-type-checks-dependents

-- ## H28 the CHECK is dropped before
-- # before
ALTER TABLE t ADD CONSTRAINT there CHECK (v <> '');
-- # migration
ALTER TABLE t DROP CONSTRAINT there;
ALTER TABLE t ALTER COLUMN v TYPE text;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H29 a foreign key on it
-- # before
CREATE TABLE child (id int PRIMARY KEY, t_id int REFERENCES t (id));
INSERT INTO child SELECT g, g FROM generate_series(1, 20) g;
-- # migration
ALTER TABLE child ALTER COLUMN t_id TYPE bigint;
-- # truth
-- 1: rewrites child; ACCESS EXCLUSIVE on child; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 change-column-type-rewrites-table

-- ## H29 a foreign key that points at it
-- # before
CREATE TABLE child (id int PRIMARY KEY, t_id int REFERENCES t (id));
INSERT INTO child SELECT g, g FROM generate_series(1, 20) g;
-- # migration
ALTER TABLE t ALTER COLUMN id TYPE bigint;
-- # truth
-- 1: rewrites t; scans child; ACCESS EXCLUSIVE on child; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 change-column-type-rewrites-table

-- ## H70 a view reads it
-- # before
CREATE VIEW seen AS SELECT id, v FROM t;
-- # migration
ALTER TABLE t ALTER COLUMN v TYPE text;
-- # truth
-- 1: fails with 0A000
-- # check
-- 1:1 change-column-type-fails

-- ## H70 a view reads another column
-- # before
CREATE VIEW seen AS SELECT id, s FROM t;
-- # migration
ALTER TABLE t ALTER COLUMN v TYPE text;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H70 the view is dropped before and made again
-- # before
CREATE VIEW seen AS SELECT id, v FROM t;
-- # migration
DROP VIEW seen;
ALTER TABLE t ALTER COLUMN v TYPE text;
CREATE VIEW seen AS SELECT id, v FROM t;
-- # truth
-- 2: ACCESS EXCLUSIVE on t

-- ## H70 a trigger on the table does not mind
-- # before
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER kept BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION keep();
-- # migration
ALTER TABLE t ALTER COLUMN v TYPE text;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
