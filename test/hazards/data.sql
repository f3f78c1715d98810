-- Rows that a migration changes.
-- # before
CREATE TABLE t (id int PRIMARY KEY, a int, s text UNIQUE);
INSERT INTO t SELECT g, g, g::text FROM generate_series(1, 20) g;
CREATE TABLE u (id int PRIMARY KEY, t_id int REFERENCES t (id));

-- ## H66 UPDATE keeps its rows locked until the migration ends
-- # meanwhile
UPDATE t SET s = 'x' WHERE id = 1
-- # migration
UPDATE t SET a = 0;
-- # truth
-- 1: scans t; changes many rows of t; ROW EXCLUSIVE on t
-- meanwhile: waits
-- # check
-- 1:1 data-change-in-migration

-- ## H66 behind ALTER TABLE in one transaction
-- # meanwhile
SELECT * FROM t
-- # migration
ALTER TABLE t ADD COLUMN c int;
UPDATE t SET c = a WHERE c IS NULL;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 2: scans t; changes many rows of t
-- meanwhile: waits
-- # check
-- 2:1 data-change-in-migration

-- ## H66 DELETE
-- # migration
DELETE FROM t WHERE a > 3;
-- # truth
-- 1: scans t; scans u; changes many rows of t; ROW EXCLUSIVE on t
-- # check
-- 1:1 data-change-in-migration

-- ## H66 inside WITH
-- # migration
WITH gone AS (DELETE FROM t WHERE a > 3 RETURNING id) SELECT count(*) FROM gone;
-- # truth
-- 1: scans t; scans u; changes many rows of t; ROW EXCLUSIVE on t
-- # check
-- 1:1 data-change-in-migration

-- ## H66 rows that a key names
-- # migration
UPDATE t SET a = 0 WHERE id = 1;
DELETE FROM t WHERE s IN ('2', '3') AND a > 0;
UPDATE t SET a = 0 WHERE 4 = id;
-- # truth
-- 1: ROW EXCLUSIVE on t
-- 2: scans u

-- ## H66 a column that is no key
-- # before
UPDATE t SET a = 7;
-- # migration
UPDATE t SET s = s || 'x' WHERE a = 7;
-- # truth
-- 1: scans t; changes many rows of t; ROW EXCLUSIVE on t
-- # check
-- 1:1 data-change-in-migration

-- ## H66 new rows
-- # migration
INSERT INTO t VALUES (100, 1, 'new'), (101, 2, 'newer') ON CONFLICT (id) DO UPDATE SET a = 3;
-- # truth
-- 1: ROW EXCLUSIVE on t

-- ## H66 rows of a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY, a int);
INSERT INTO fresh SELECT id, a FROM t;
UPDATE fresh SET a = 0;
DELETE FROM fresh;
-- # truth
-- 2: scans t

-- ## H54 TRUNCATE
-- # migration
TRUNCATE u;
-- # truth
-- 1: rewrites u; ACCESS EXCLUSIVE on u
-- # check
-- 1:1 truncate-empties-table

-- ## H54 TRUNCATE CASCADE
-- # migration
TRUNCATE t CASCADE;
-- # truth
-- 1: rewrites t; rewrites u; ACCESS EXCLUSIVE on t; ACCESS EXCLUSIVE on u
-- # check
-- 1:1 truncate-empties-table

-- ## H54 of a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY);
TRUNCATE fresh;
