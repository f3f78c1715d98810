-- Constraints on a table with rows.
-- # before
CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE);
INSERT INTO p SELECT g, g::text FROM generate_series(1, 20) g;
CREATE TABLE t (id int PRIMARY KEY, a int, b int NOT NULL, s text);
INSERT INTO t SELECT g, g, g, g::text FROM generate_series(1, 20) g;

-- ## H15 SET NOT NULL
-- # migration
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
-- # old code
INSERT INTO t (id, b) VALUES (100, 1)
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- old code 1: fails with 23502
-- # check
-- 1:1 set-not-null-scans-table
-- 1:1 set-not-null-breaks-old-writers

-- ## H15 of a column that is NOT NULL
-- # migration
ALTER TABLE t ALTER COLUMN b SET NOT NULL;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H15 proved by a validated CHECK of an earlier migration
-- # before
ALTER TABLE t ADD CONSTRAINT a_there CHECK (a IS NOT NULL) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT a_there;
-- # migration
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
ALTER TABLE t DROP CONSTRAINT a_there;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H15 proved by one term of a validated CHECK
-- # before
ALTER TABLE t ADD CONSTRAINT a_there CHECK (a IS NOT NULL AND a > 0);
-- # migration
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H15 the CHECK is not validated
-- # before
ALTER TABLE t ADD CONSTRAINT a_there CHECK (a IS NOT NULL) NOT VALID;
-- # migration
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 set-not-null-scans-table

-- ## H15 a CHECK that only nearly says it
-- # before
ALTER TABLE t ADD CONSTRAINT a_there CHECK (a IS NOT NULL OR s IS NOT NULL);
-- # old code
INSERT INTO t (id, b, s) VALUES (100, 1, 'x')
-- # migration
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- old code 1: fails with 23502
-- # check
-- 1:1 set-not-null-scans-table
-- 1:1 set-not-null-breaks-old-writers

-- ## H15 on a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY, a int);
ALTER TABLE fresh ALTER COLUMN a SET NOT NULL;

-- ## H15 NOT NULL as a constraint
-- # postgres
-- 18
-- # migration
ALTER TABLE t ADD CONSTRAINT a_there NOT NULL a;
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 set-not-null-scans-table

-- ## H15 NOT NULL as a constraint, not valid
-- # postgres
-- 18
-- # sent
-- statements
-- # migration
ALTER TABLE t ADD CONSTRAINT a_there NOT NULL a NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT a_there;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 2: scans t; SHARE UPDATE EXCLUSIVE on t

-- ## H16 the proof is dropped in the same command
-- # before
ALTER TABLE t ADD CONSTRAINT a_there CHECK (a IS NOT NULL);
-- # migration
ALTER TABLE t ALTER COLUMN a SET NOT NULL, DROP CONSTRAINT a_there;
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- # check
-- 1:15 set-not-null-scans-table

-- ## H16 the proof is validated in the same command
-- # before
ALTER TABLE t ADD CONSTRAINT a_there CHECK (a IS NOT NULL) NOT VALID;
-- # migration
ALTER TABLE t VALIDATE CONSTRAINT a_there, ALTER COLUMN a SET NOT NULL;
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- # check
-- 1:15 long-work-under-lock
-- 1:44 set-not-null-scans-table

-- ## H17 DROP NOT NULL
-- # migration
ALTER TABLE t ALTER COLUMN b DROP NOT NULL;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H18 defaults of an optional column
-- # before
ALTER TABLE t ALTER COLUMN a SET DEFAULT 1;
-- # old code
INSERT INTO t (id, b) VALUES (100, 1)
-- # migration
ALTER TABLE t ALTER COLUMN s SET DEFAULT 'x';
ALTER TABLE t ALTER COLUMN s SET DEFAULT gen_random_uuid()::text;
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code works

-- ## H18 the default of a required column is dropped
-- # before
ALTER TABLE t ALTER COLUMN b SET DEFAULT 1;
-- # old code
INSERT INTO t (id) VALUES (100)
-- # migration
ALTER TABLE t ALTER COLUMN b DROP DEFAULT;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code 1: fails with 23502
-- # check
-- 1:1 drop-default-breaks-old-writers

-- ## H18 the default of a required column is dropped and set anew
-- # before
ALTER TABLE t ALTER COLUMN b SET DEFAULT 1;
-- # old code
INSERT INTO t (id) VALUES (100)
-- # migration
ALTER TABLE t ALTER COLUMN b DROP DEFAULT;
ALTER TABLE t ALTER COLUMN b SET DEFAULT 2;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code works

-- ## H30 ADD CHECK
-- # old code
UPDATE t SET a = -1 WHERE id = 1
-- # migration
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0);
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- old code 1: fails with 23514
-- # check
-- 1:1 add-check-scans-table
-- 1:1 add-check-breaks-old-writers

-- ## H30 ADD CHECK on a new column
-- # migration
ALTER TABLE t ADD COLUMN c int;
ALTER TABLE t ADD CHECK (c > 0);
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 2: scans t
-- # check
-- 2:1 add-check-scans-table

-- ## H30 NOT VALID
-- # migration
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H30 NOT ENFORCED
-- # postgres
-- 18
-- # migration
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT ENFORCED;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H30 on a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY, a int);
ALTER TABLE fresh ADD CONSTRAINT positive CHECK (a > 0);

-- ## H31 ADD FOREIGN KEY
-- # migration
ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id);
-- # truth
-- 1: scans t; SHARE ROW EXCLUSIVE on p; SHARE ROW EXCLUSIVE on t
-- # check
-- 1:1 add-foreign-key-blocks-writes

-- ## H31 NOT VALID
-- # migration
ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id) NOT VALID;
-- # truth
-- 1: SHARE ROW EXCLUSIVE on p; SHARE ROW EXCLUSIVE on t

-- ## H31 from a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY, p_id int);
ALTER TABLE fresh ADD CONSTRAINT fresh_p_fkey FOREIGN KEY (p_id) REFERENCES p (id);
-- # truth
-- 2: SHARE ROW EXCLUSIVE on p

-- ## H31 a partitioned table, not valid
-- # before
CREATE TABLE parts (id int, p_id int) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
-- # migration
ALTER TABLE parts ADD CONSTRAINT parts_p_fkey FOREIGN KEY (p_id) REFERENCES p (id) NOT VALID;
-- # truth
-- [14-17] 1: fails with 42809
-- [18] 1: SHARE ROW EXCLUSIVE on p; SHARE ROW EXCLUSIVE on parts; SHARE ROW EXCLUSIVE on parts_1
-- # check
-- [14-17] 1:1 not-valid-key-on-partitioned-fails

-- ## H32 a key on a column of the same migration reads the table
-- # migration
ALTER TABLE t ADD COLUMN c int, ADD CONSTRAINT t_c_fkey FOREIGN KEY (c) REFERENCES p (id);
-- # truth
-- 1: scans t; SHARE ROW EXCLUSIVE on p; ACCESS EXCLUSIVE on t
-- # check
-- 1:33 add-foreign-key-blocks-writes

-- ## H33 NOT VALID and VALIDATE in one transaction
-- # sent
-- transaction
-- # migration
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT positive;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 2: scans t
-- # check
-- 2:1 validate-with-not-valid

-- ## H33 the same as one query
-- # migration
ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT t_a_fkey;
-- # truth
-- 1: SHARE ROW EXCLUSIVE on p; SHARE ROW EXCLUSIVE on t
-- 2: scans t
-- # check
-- 2:1 validate-with-not-valid

-- ## H33 statement by statement
-- # sent
-- statements
-- # migration
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT positive;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 2: scans t; SHARE UPDATE EXCLUSIVE on t

-- ## H33 statement by statement, between BEGIN and COMMIT
-- # sent
-- statements
-- # migration
BEGIN;
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT positive;
COMMIT;
-- # truth
-- 2: ACCESS EXCLUSIVE on t
-- 3: scans t
-- # check
-- 3:1 validate-with-not-valid

-- ## H33 with COMMIT between the two
-- # sent
-- transaction
-- # migration
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
COMMIT;
ALTER TABLE t VALIDATE CONSTRAINT positive;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 3: scans t

-- ## H68 VALIDATE under statement_timeout is cancelled where the table takes longer
-- # before
CREATE FUNCTION slow(int) RETURNS boolean LANGUAGE sql AS 'SELECT pg_sleep(0.1) IS NOT NULL';
ALTER TABLE t ADD CONSTRAINT slowly CHECK (slow(a)) NOT VALID;
-- # migration
SET LOCAL statement_timeout = '50ms';
ALTER TABLE t VALIDATE CONSTRAINT slowly;
-- # truth
-- 2: fails with 57014
-- # check
-- 2:1 validate-under-timeout

-- ## H68 VALIDATE with the timeout taken off for it
-- # before
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
-- # migration
SET statement_timeout = '5s';
SELECT 1;
SET statement_timeout = 0;
ALTER TABLE t VALIDATE CONSTRAINT positive;
-- # truth
-- 4: scans t; SHARE UPDATE EXCLUSIVE on t

-- ## H68 a brief statement under statement_timeout
-- # migration
SET statement_timeout = '5s';
ALTER TABLE t ADD COLUMN c int;
-- # truth
-- 2: ACCESS EXCLUSIVE on t

-- ## H68 VALIDATE of what is proved, or of a new table, under statement_timeout
-- # before
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0);
-- # migration
SET statement_timeout = '5s';
ALTER TABLE t VALIDATE CONSTRAINT positive;
CREATE TABLE fresh (a int);
ALTER TABLE fresh ADD CONSTRAINT small CHECK (a < 9) NOT VALID;
ALTER TABLE fresh VALIDATE CONSTRAINT small;
-- # truth
-- 2: SHARE UPDATE EXCLUSIVE on t

-- ## H34 VALIDATE of an earlier migration's constraint
-- # before
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id) NOT VALID;
-- # sent
-- transaction
-- # migration
ALTER TABLE t VALIDATE CONSTRAINT positive;
ALTER TABLE t VALIDATE CONSTRAINT t_a_fkey;
-- # truth
-- 1: scans t; SHARE UPDATE EXCLUSIVE on t
-- 2: scans t

-- ## H34 while another table is locked
-- # before
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
-- # sent
-- transaction
-- # migration
ALTER TABLE p ADD COLUMN c int;
ALTER TABLE t VALIDATE CONSTRAINT positive;
-- # truth
-- 1: ACCESS EXCLUSIVE on p
-- 2: scans t; SHARE UPDATE EXCLUSIVE on t
-- # check
-- 2:1 long-work-under-lock

-- ## H35 ADD UNIQUE
-- # migration
ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a);
-- # truth
-- 1: builds an index on t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 add-unique-builds-index

-- ## H35 UNIQUE can't be NOT VALID
-- # migration
ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a) NOT VALID;
-- # truth
-- 1: fails with 0A000
-- # check
-- 1 refused

-- ## H35 on a table of the same migration
-- # migration
CREATE TABLE fresh (id int, a int);
ALTER TABLE fresh ADD PRIMARY KEY (id), ADD CONSTRAINT fresh_a_key UNIQUE (a);

-- ## H36 USING INDEX
-- # before
CREATE UNIQUE INDEX t_a_key ON t (a);
-- # migration
ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_key;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H36 USING INDEX of a partial one
-- # before
CREATE UNIQUE INDEX t_a_key ON t (a) WHERE a > 0;
-- # migration
ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_key;
-- # truth
-- 1: fails with 42809
-- # check
-- 1:1 using-index-fails

-- ## H36 USING INDEX of one in another order
-- # before
CREATE UNIQUE INDEX t_a_key ON t (a DESC);
-- # migration
ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_key;
-- # truth
-- 1: fails with 42809
-- # check
-- 1:1 using-index-fails

-- ## H36 USING INDEX of one over an expression
-- # before
CREATE UNIQUE INDEX t_s_key ON t (lower(s));
-- # migration
ALTER TABLE t ADD CONSTRAINT t_s_key UNIQUE USING INDEX t_s_key;
-- # truth
-- 1: fails with 42809
-- # check
-- 1:1 using-index-fails

-- ## H37 ADD PRIMARY KEY
-- # before
CREATE TABLE u (id int NOT NULL, a int);
INSERT INTO u SELECT g, g FROM generate_series(1, 20) g;
-- # migration
ALTER TABLE u ADD PRIMARY KEY (id);
-- # truth
-- 1: builds an index on u; ACCESS EXCLUSIVE on u
-- # check
-- 1:1 add-unique-builds-index

-- ## H38 PRIMARY KEY USING INDEX on a column that may be NULL
-- # before
CREATE TABLE u (id int);
INSERT INTO u SELECT generate_series(1, 20);
CREATE UNIQUE INDEX u_pkey ON u (id);
-- # migration
ALTER TABLE u ADD CONSTRAINT u_pkey PRIMARY KEY USING INDEX u_pkey;
-- # truth
-- 1: scans u; ACCESS EXCLUSIVE on u
-- # check
-- 1:1 primary-key-on-nullable-scans

-- ## H38 PRIMARY KEY USING INDEX on a column that is proved
-- # before
CREATE TABLE u (id int);
INSERT INTO u SELECT generate_series(1, 20);
CREATE UNIQUE INDEX u_pkey ON u (id);
ALTER TABLE u ADD CONSTRAINT id_there CHECK (id IS NOT NULL);
-- # migration
ALTER TABLE u ADD CONSTRAINT u_pkey PRIMARY KEY USING INDEX u_pkey;
-- # truth
-- 1: ACCESS EXCLUSIVE on u

-- ## H38 PRIMARY KEY USING INDEX on a column that is NOT NULL
-- # before
CREATE TABLE u (id int NOT NULL);
INSERT INTO u SELECT generate_series(1, 20);
CREATE UNIQUE INDEX u_pkey ON u (id);
-- # migration
ALTER TABLE u ADD CONSTRAINT u_pkey PRIMARY KEY USING INDEX u_pkey;
-- # truth
-- 1: ACCESS EXCLUSIVE on u

-- ## H39 EXCLUDE
-- # before
CREATE TABLE spans (id int, during int4range);
INSERT INTO spans SELECT g, int4range(g, g + 1) FROM generate_series(1, 20) g;
-- # migration
ALTER TABLE spans ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&);
-- # truth
-- 1: builds an index on spans; ACCESS EXCLUSIVE on spans
-- # check
-- 1:1 add-exclude-builds-index

-- ## H40 a foreign key is dropped: both tables are locked, for a moment
-- # before
ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id);
-- # migration
ALTER TABLE t DROP CONSTRAINT t_a_fkey;
-- # truth
-- 1: ACCESS EXCLUSIVE on p; ACCESS EXCLUSIVE on t

-- ## H41 a CHECK is dropped
-- # before
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0);
-- # migration
ALTER TABLE t DROP CONSTRAINT positive;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H41 a unique constraint is dropped: upserts fail
-- # old code
INSERT INTO p (id, code) VALUES (100, '1') ON CONFLICT (code) DO NOTHING
-- # migration
ALTER TABLE p DROP CONSTRAINT p_code_key;
-- # truth
-- 1: ACCESS EXCLUSIVE on p
-- old code 1: fails with 42P10
-- # check
-- 1:1 drop-unique-constraint-breaks-upserts

-- ## H41 a unique constraint is dropped, an index takes its place
-- # before
CREATE UNIQUE INDEX p_code_idx ON p (code);
-- # old code
INSERT INTO p (id, code) VALUES (100, '1') ON CONFLICT (code) DO NOTHING
-- # migration
ALTER TABLE p DROP CONSTRAINT p_code_key;
-- # truth
-- 1: ACCESS EXCLUSIVE on p
-- old code works

-- ## H41 a primary key is dropped
-- # old code
INSERT INTO t (id, b) VALUES (1, 1) ON CONFLICT (id) DO NOTHING
-- # migration
ALTER TABLE t DROP CONSTRAINT t_pkey;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code 1: fails with 42P10
-- # check
-- 1:1 drop-unique-constraint-breaks-upserts

-- ## H08 an identity on a column that counts by a default
-- # before
CREATE TABLE counted (id serial PRIMARY KEY);
-- # migration
ALTER TABLE counted ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
-- # truth
-- 1: fails with 55000
-- # check
-- 1:1 add-identity-fails

-- ## H08 an identity on a plain column
-- # migration
ALTER TABLE t ALTER COLUMN b ADD GENERATED BY DEFAULT AS IDENTITY;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H08 a sequence set to a number that is taken
-- # before
CREATE TABLE counted (id serial PRIMARY KEY, a int);
INSERT INTO counted (a) VALUES (1), (2);
-- # migration
SELECT setval('counted_id_seq'::regclass, (SELECT COALESCE(MAX(id), 1) FROM counted), false);
-- # old code
INSERT INTO counted (a) VALUES (3)
-- # truth
-- old code 1: fails with 23505
-- # check
-- 1:1 setval-repeats-number

-- ## H08 a sequence set to the number behind the highest
-- # before
CREATE TABLE counted (id serial PRIMARY KEY, a int);
INSERT INTO counted (a) VALUES (1), (2);
-- # migration
SELECT setval('counted_id_seq', (SELECT COALESCE(MAX(id), 0) + 1 FROM counted), false);
SELECT setval('counted_id_seq', (SELECT MAX(id) FROM counted));
-- # old code
INSERT INTO counted (a) VALUES (3)
-- # truth
-- old code works
