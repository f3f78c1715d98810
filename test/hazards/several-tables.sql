-- Locks on other tables than the one that is named, and on several in one transaction.
-- # before
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT generate_series(1, 20);
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 20) g;

-- ## H50 a new table with a foreign key to one in use: a moment
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY, p_id int REFERENCES p (id));
-- # truth
-- 1: SHARE ROW EXCLUSIVE on p

-- ## H51 two tables are locked in one transaction: a moment each
-- # meanwhile
SELECT * FROM t
-- # migration
ALTER TABLE p ADD COLUMN c int;
ALTER TABLE t ADD COLUMN c int;
-- # truth
-- 1: ACCESS EXCLUSIVE on p
-- 2: ACCESS EXCLUSIVE on t
-- meanwhile: waits

-- ## H51 a table is locked while an index is built on another
-- # migration
ALTER TABLE p ADD COLUMN c int;
CREATE INDEX t_a_idx ON t (a);
-- # truth
-- 1: ACCESS EXCLUSIVE on p
-- 2: builds an index on t; SHARE on t
-- # check
-- 2:1 create-index-blocks-writes

-- ## H51 a table is locked while rows of another are copied
-- # migration
ALTER TABLE p ADD COLUMN c int;
CREATE TABLE fresh (id int PRIMARY KEY);
INSERT INTO fresh SELECT id FROM t;
-- # truth
-- 1: ACCESS EXCLUSIVE on p
-- 3: scans t
-- # check
-- 3:1 long-work-under-lock

-- ## H51 rows are copied before a table is locked
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY);
INSERT INTO fresh SELECT id FROM t;
ALTER TABLE p ADD COLUMN c int;
-- # truth
-- 2: scans t
-- 3: ACCESS EXCLUSIVE on p

-- ## H51 several foreign keys of a new table
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY, p_id int, t_id int);
ALTER TABLE fresh ADD FOREIGN KEY (p_id) REFERENCES p (id);
ALTER TABLE fresh ADD FOREIGN KEY (t_id) REFERENCES t (id);
-- # truth
-- 2: SHARE ROW EXCLUSIVE on p
-- 3: SHARE ROW EXCLUSIVE on t

-- ## H67 what waits for a lock lets nobody past, until the migration ends
-- # meanwhile
SELECT * FROM t
-- # migration
ALTER TABLE t ADD COLUMN c int;
SELECT 1;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- meanwhile: waits

-- ## H51 LOCK TABLE
-- # meanwhile
SELECT * FROM t
-- # instead
SELECT 1;
-- # migration
LOCK TABLE t IN ACCESS EXCLUSIVE MODE;
SELECT 1;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- meanwhile: waits
-- # check
-- 1:1 lock-table-blocks (advice)

-- ## H51 LOCK TABLE in a mode that lets writers go on
-- # migration
LOCK TABLE t IN ROW EXCLUSIVE MODE;
SELECT 1;
-- # truth
-- 1: ROW EXCLUSIVE on t
