-- Indexes on a table with rows.
-- # before
CREATE TABLE t (id int PRIMARY KEY, a int, s text, CONSTRAINT t_s_key UNIQUE (s));
INSERT INTO t SELECT g, g, g::text FROM generate_series(1, 20) g;
CREATE INDEX t_a_idx ON t (a);

-- ## H42 CREATE INDEX
-- # migration
CREATE INDEX t_s_idx ON t (s);
CREATE UNIQUE INDEX ON t (lower(s)) WHERE a > 1;
-- # truth
-- 1: builds an index on t; SHARE on t
-- 2: builds an index on t
-- # check
-- 1:1 create-index-blocks-writes
-- 2:1 create-index-blocks-writes

-- ## H42 on a table of the same migration
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY, a int);
CREATE UNIQUE INDEX fresh_a_key ON fresh (a);

-- ## H42 on a materialized view and a copy of the same migration
-- # migration
CREATE MATERIALIZED VIEW sums AS SELECT a, count(*) FROM t GROUP BY a;
CREATE UNIQUE INDEX sums_a_key ON sums (a);
CREATE TABLE copied AS SELECT * FROM t;
CREATE INDEX copied_a_idx ON copied (a);
-- # truth
-- 1: scans t
-- 3: scans t

-- ## H42 CONCURRENTLY, alone
-- # migration
CREATE INDEX CONCURRENTLY t_s_idx ON t (s);
-- # truth
-- 1: builds an index on t; SHARE UPDATE EXCLUSIVE on t

-- ## H42 IF NOT EXISTS of an index that is there
-- # migration
CREATE INDEX IF NOT EXISTS t_a_idx ON t (a);
-- # truth
-- 1: SHARE on t

-- ## H43 CONCURRENTLY in Drizzle's transaction
-- # sent
-- transaction
-- # migration
CREATE INDEX CONCURRENTLY t_s_idx ON t (s);
-- # truth
-- 1: fails with 25001
-- # check
-- 1:1 concurrently-in-transaction

-- ## H43 CONCURRENTLY in a query of several statements
-- # migration
SELECT 1;
CREATE INDEX CONCURRENTLY t_s_idx ON t (s);
-- # truth
-- 2: fails with 25001
-- # check
-- 2:1 concurrently-in-transaction

-- ## H43 DROP INDEX CONCURRENTLY in a query of several statements
-- # migration
SELECT 1;
DROP INDEX CONCURRENTLY t_a_idx;
-- # truth
-- 2: fails with 25001
-- # check
-- 2:1 concurrently-in-transaction

-- ## H43 REINDEX CONCURRENTLY in a transaction
-- # sent
-- transaction
-- # migration
REINDEX INDEX CONCURRENTLY t_a_idx;
-- # truth
-- 1: fails with 25001
-- # check
-- 1:1 concurrently-in-transaction

-- ## H43 VACUUM in a transaction
-- # sent
-- transaction
-- # migration
VACUUM t;
-- # truth
-- 1: fails with 25001
-- # check
-- 1:1 not-in-a-transaction

-- ## H43 statement by statement
-- # sent
-- statements
-- # migration
CREATE INDEX CONCURRENTLY t_s_idx ON t (s);
DROP INDEX CONCURRENTLY t_a_idx;
REINDEX INDEX CONCURRENTLY t_s_idx;
VACUUM t;
-- # truth
-- 1: builds an index on t; SHARE UPDATE EXCLUSIVE on t
-- 2: SHARE UPDATE EXCLUSIVE on t
-- 3: builds an index on t; SHARE UPDATE EXCLUSIVE on t

-- ## H43 behind COMMIT of Drizzle's transaction
-- # sent
-- transaction
-- # migration
COMMIT;
CREATE INDEX CONCURRENTLY t_s_idx ON t (s);
-- # truth
-- 2: builds an index on t

-- ## H44 CONCURRENTLY under lock_timeout, beside a writer
-- # beside
INSERT INTO t VALUES (100)
-- # sent
-- statements
-- # migration
SET lock_timeout = '20ms';
CREATE INDEX CONCURRENTLY t_s_idx ON t (s);
-- # truth
-- 2: fails with 55P03
-- # check
-- 2:1 concurrently-under-timeout

-- ## H68 CONCURRENTLY under statement_timeout, beside a writer
-- # beside
INSERT INTO t VALUES (100)
-- # sent
-- statements
-- # migration
SET statement_timeout = '20ms';
CREATE INDEX CONCURRENTLY t_s_idx ON t (s);
-- # truth
-- 2: fails with 57014
-- # check
-- 2:1 concurrently-under-timeout

-- ## H44 IF NOT EXISTS takes any index of the name for good
-- # migration
CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a_idx ON t (a);

-- ## H45 CREATE UNIQUE INDEX over duplicates
-- # before
INSERT INTO t VALUES (100, 1, 'again');
-- # migration
CREATE UNIQUE INDEX t_a_key ON t (a);
-- # truth
-- 1: fails with 23505
-- # check
-- 1:1 create-index-blocks-writes

-- ## H46 DROP INDEX
-- # instead
DROP INDEX CONCURRENTLY t_a_idx;
-- # migration
DROP INDEX t_a_idx;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- # check
-- 1:1 drop-index-blocks-queries (advice)

-- ## H46 DROP INDEX that a constraint owns
-- # migration
DROP INDEX t_s_key;
-- # truth
-- 1: fails with 2BP01
-- # check
-- 1:1 constraint-owns-index

-- ## H46 DROP INDEX of a unique one: upserts fail
-- # before
CREATE UNIQUE INDEX t_a_key ON t (a);
-- # old code
INSERT INTO t VALUES (100, 1, 'again') ON CONFLICT (a) DO NOTHING
-- # instead
DROP INDEX CONCURRENTLY t_a_key;
-- # migration
DROP INDEX t_a_key;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- old code 1: fails with 42P10
-- # check
-- 1:1 drop-index-blocks-queries (advice)
-- 1:1 drop-unique-index-breaks-upserts

-- ## H46 CONCURRENTLY, alone
-- # migration
DROP INDEX CONCURRENTLY t_a_idx;
-- # truth
-- 1: SHARE UPDATE EXCLUSIVE on t

-- ## H47 an index is dropped before its replacement is built
-- # instead
DROP INDEX CONCURRENTLY t_a_idx;
-- # migration
DROP INDEX t_a_idx;
CREATE INDEX t_a_s_idx ON t (a, s);
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 2: builds an index on t
-- # check
-- 1:1 drop-index-blocks-queries (advice)
-- 2:1 create-index-blocks-writes

-- ## H48 REINDEX
-- # migration
REINDEX TABLE t;
REINDEX INDEX t_a_idx;
-- # truth
-- 1: builds an index on t; SHARE on t
-- 2: builds an index on t
-- # check
-- 1:1 reindex-blocks-writes
-- 2:1 reindex-blocks-writes

-- ## H48 REINDEX CONCURRENTLY, alone
-- # migration
REINDEX TABLE CONCURRENTLY t;
-- # truth
-- 1: builds an index on t; SHARE UPDATE EXCLUSIVE on t

-- ## H49 an index on a partitioned table
-- # before
CREATE TABLE parts (id int, a int) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
INSERT INTO parts SELECT g, g FROM generate_series(1, 20) g;
-- # migration
CREATE INDEX parts_a_idx ON parts (a);
-- # truth
-- 1: builds an index on parts_1; SHARE on parts; SHARE on parts_1
-- # check
-- 1:1 create-index-blocks-writes

-- ## H49 CONCURRENTLY on a partitioned table
-- # before
CREATE TABLE parts (id int, a int) PARTITION BY RANGE (id);
-- # migration
CREATE INDEX CONCURRENTLY parts_a_idx ON parts (a);
-- # truth
-- 1: fails with 0A000
-- # check
-- 1:1 concurrently-on-partitioned-fails

-- ## H49 ON ONLY a partitioned table, and attached
-- # before
CREATE TABLE parts (id int, a int) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
INSERT INTO parts SELECT g, g FROM generate_series(1, 20) g;
CREATE INDEX parts_1_a_idx ON parts_1 (a);
-- # migration
CREATE INDEX parts_a_idx ON ONLY parts (a);
ALTER INDEX parts_a_idx ATTACH PARTITION parts_1_a_idx;
-- # truth
-- 1: SHARE on parts

-- ## H69 a foreign key without an index is nobody's wait
-- # before
CREATE TABLE child (id int PRIMARY KEY, t_id int);
ALTER TABLE child ADD CONSTRAINT child_t_fkey FOREIGN KEY (t_id) REFERENCES t (id) NOT VALID;
-- # migration
ALTER TABLE child VALIDATE CONSTRAINT child_t_fkey;
-- # truth
-- 1: scans child; SHARE UPDATE EXCLUSIVE on child
