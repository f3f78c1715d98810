-- What code that still runs loses: columns, tables, types, values.
-- # before
CREATE TABLE p (id int PRIMARY KEY, name text);
INSERT INTO p SELECT g, 'x' FROM generate_series(1, 20) g;
CREATE TABLE t (id int PRIMARY KEY, name text, p_id int CONSTRAINT t_p_fkey REFERENCES p (id));
INSERT INTO t SELECT g, 'x', g FROM generate_series(1, 20) g;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE m (id int PRIMARY KEY, mood mood);
INSERT INTO m VALUES (1, 'ok');

-- ## H19 DROP COLUMN
-- # old code
SELECT name FROM t
-- # migration
ALTER TABLE t DROP COLUMN name;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code 1: fails with 42703
-- # check
-- 1:1 drop-column-breaks-old-code
-- 1:1 drop-column-loses-data

-- ## H19 a column of the same migration
-- # migration
ALTER TABLE t ADD COLUMN c int;
ALTER TABLE t DROP COLUMN c;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H19 H70 a view reads it
-- # before
CREATE VIEW seen AS SELECT id, name FROM t;
-- # migration
ALTER TABLE t DROP COLUMN name;
-- # truth
-- 1: fails with 2BP01
-- # check
-- 1:1 drop-column-fails

-- ## H20 RENAME COLUMN
-- # old code
SELECT name FROM t
-- # migration
ALTER TABLE t RENAME COLUMN name TO title;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code 1: fails with 42703
-- # check
-- 1:1 rename-column-breaks-old-code

-- ## H20 of a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY, name text);
ALTER TABLE fresh RENAME COLUMN name TO title;

-- ## H20 of a column of the same migration
-- # migration
ALTER TABLE t ADD COLUMN c int;
ALTER TABLE t RENAME COLUMN c TO d;
-- # truth
-- 1: ACCESS EXCLUSIVE on t

-- ## H20 of indexes and constraints
-- # before
CREATE INDEX t_name_idx ON t (name);
-- # old code
SELECT name FROM t
-- # migration
ALTER INDEX t_name_idx RENAME TO t_name_index;
ALTER TABLE t RENAME CONSTRAINT t_p_fkey TO t_parent_fkey;
-- # truth
-- 2: ACCESS EXCLUSIVE on t
-- old code works

-- ## H52 DROP TABLE with a foreign key locks the other table too
-- # old code
SELECT * FROM t
-- # migration
DROP TABLE t;
-- # truth
-- 1: ACCESS EXCLUSIVE on p; ACCESS EXCLUSIVE on t
-- old code 1: fails with 42P01
-- # check
-- 1:1 drop-table-breaks-old-code
-- 1:1 drop-table-loses-data

-- ## H52 of a table that nobody ever made
-- # migration
DROP TABLE IF EXISTS never;

-- ## H52 of a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY);
DROP TABLE fresh;

-- ## H52 and made again: what is done to the new one is free
-- # old code
SELECT name FROM t
-- # migration
DROP TABLE t;
CREATE TABLE t (id int PRIMARY KEY, title text);
CREATE INDEX t_title_idx ON t (title);
ALTER TABLE t ALTER COLUMN title SET NOT NULL;
-- # truth
-- 1: ACCESS EXCLUSIVE on p; ACCESS EXCLUSIVE on t
-- old code 1: fails with 42703
-- # check
-- 1:1 drop-table-breaks-old-code
-- 1:1 drop-table-loses-data

-- ## H52 a schema with tables
-- # before
CREATE SCHEMA side;
CREATE TABLE side.u (id int);
-- # old code
SELECT * FROM side.u
-- # migration
DROP SCHEMA side CASCADE;
-- # truth
-- 1: ACCESS EXCLUSIVE on side.u
-- old code 1: fails with 42P01
-- # check
-- 1:1 drop-table-breaks-old-code

-- ## H52 an empty schema
-- # before
CREATE SCHEMA side;
-- # migration
DROP SCHEMA side;

-- ## H52 a view
-- # before
CREATE VIEW seen AS SELECT id FROM t;
-- # old code
SELECT id FROM seen
-- # migration
DROP VIEW seen;
-- # truth
-- old code 1: fails with 42P01
-- # check
-- 1:1 drop-view-breaks-old-code

-- ## H52 a view that is made again
-- # before
CREATE VIEW seen AS SELECT id FROM t;
-- # old code
SELECT id FROM seen
-- # migration
DROP VIEW seen;
CREATE VIEW seen AS SELECT id, name FROM t;
-- # truth
-- old code works

-- ## H52 a view that is made again without a column
-- # before
CREATE VIEW seen AS SELECT id, name FROM t;
-- # old code
SELECT name FROM seen
-- # migration
DROP VIEW seen;
CREATE VIEW seen AS SELECT id FROM t;
-- # truth
-- old code 1: fails with 42703
-- # check
-- 1:1 drop-view-breaks-old-code

-- ## H53 RENAME TABLE
-- # old code
SELECT * FROM t
-- # migration
ALTER TABLE t RENAME TO items;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code 1: fails with 42P01
-- # check
-- 1:1 rename-table-breaks-old-code

-- ## H53 with a view under the old name
-- # old code
SELECT * FROM t
INSERT INTO t (id) VALUES (100)
-- # migration
ALTER TABLE t RENAME TO items;
CREATE VIEW t AS SELECT * FROM items;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code works

-- ## H53 of a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY);
ALTER TABLE fresh RENAME TO fresher;

-- ## H53 SET SCHEMA
-- # before
CREATE SCHEMA side;
-- # old code
SELECT * FROM t
-- # migration
ALTER TABLE t SET SCHEMA side;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code 1: fails with 42P01
-- # check
-- 1:1 rename-table-breaks-old-code

-- ## H53 RENAME SCHEMA
-- # before
CREATE SCHEMA side;
CREATE TABLE side.u (id int);
-- # old code
SELECT * FROM side.u
-- # migration
ALTER SCHEMA side RENAME TO other;
-- # truth
-- old code 1: fails with 42P01
-- # check
-- 1:1 rename-table-breaks-old-code

-- ## H53 RENAME VIEW
-- # before
CREATE VIEW seen AS SELECT id FROM t;
-- # old code
SELECT id FROM seen
-- # migration
ALTER VIEW seen RENAME TO viewed;
-- # truth
-- old code 1: fails with 42P01
-- # check
-- 1:1 rename-table-breaks-old-code

-- ## H56 RENAME VALUE
-- # old code
INSERT INTO m VALUES (2, 'sad')
-- # migration
ALTER TYPE mood RENAME VALUE 'sad' TO 'unhappy';
-- # truth
-- old code 1: fails with 22P02
-- # check
-- 1:1 change-enum-breaks-old-code

-- ## H56 RENAME TYPE
-- # old code
SELECT 'ok'::mood
-- # migration
ALTER TYPE mood RENAME TO feeling;
-- # truth
-- old code 1: fails with 42704
-- # check
-- 1:1 change-enum-breaks-old-code

-- ## H57 DROP TYPE that a column has
-- # old code
INSERT INTO m VALUES (2, 'sad')
-- # migration
DROP TYPE mood CASCADE;
-- # truth
-- 1: ACCESS EXCLUSIVE on m
-- old code 1: fails with 42601
-- # check
-- 1:1 drop-type-breaks-old-code

-- ## H57 DROP TYPE that no column has
-- # before
CREATE TYPE unused AS ENUM ('a');
-- # migration
DROP TYPE unused;

-- ## H53 a sequence and an index by ALTER TABLE
-- # before
CREATE SEQUENCE numbers;
CREATE INDEX t_name_idx ON t (name);
-- # migration
ALTER TABLE numbers RENAME TO counters;
ALTER TABLE t_name_idx RENAME TO t_name_index;
