-- Commands that copy or refill whole tables.
-- # before
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 20) g;
CREATE MATERIALIZED VIEW sums AS SELECT a, count(*) AS n FROM t GROUP BY a;
CREATE UNIQUE INDEX sums_a_key ON sums (a);
CREATE UNLOGGED TABLE fast (id int PRIMARY KEY);
INSERT INTO fast SELECT generate_series(1, 20);
CREATE DOMAIN word AS text;
CREATE TABLE words (id int PRIMARY KEY, word word);
INSERT INTO words SELECT g, g::text FROM generate_series(1, 20) g;

-- ## H63 REFRESH MATERIALIZED VIEW
-- # migration
REFRESH MATERIALIZED VIEW sums;
-- # truth
-- 1: rewrites sums; scans t; ACCESS EXCLUSIVE on sums
-- # check
-- 1:1 refresh-blocks-reads

-- ## H63 CONCURRENTLY
-- # migration
REFRESH MATERIALIZED VIEW CONCURRENTLY sums;
-- # truth
-- 1: scans sums; scans t

-- ## H63 CONCURRENTLY while a table is locked
-- # migration
ALTER TABLE t ADD COLUMN c int;
REFRESH MATERIALIZED VIEW CONCURRENTLY sums;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 2: scans sums; scans t
-- # check
-- 2:1 long-work-under-lock

-- ## H63 of a view of the same migration
-- # migration
CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM t;
REFRESH MATERIALIZED VIEW counts;
-- # truth
-- 1: scans t
-- 2: scans t

-- ## H64 SET UNLOGGED and SET LOGGED
-- # migration
ALTER TABLE t SET UNLOGGED;
ALTER TABLE fast SET LOGGED;
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- 2: rewrites fast; ACCESS EXCLUSIVE on fast
-- # check
-- 1:1 rewrites-table
-- 2:1 rewrites-table

-- ## H64 of what it is already
-- # migration
ALTER TABLE t SET LOGGED;
ALTER TABLE fast SET UNLOGGED;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 2: ACCESS EXCLUSIVE on fast

-- ## H64 CLUSTER
-- # migration
CLUSTER t USING t_pkey;
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 rewrites-table

-- ## H64 VACUUM FULL
-- # migration
VACUUM FULL t;
-- # truth
-- 1: rewrites t; ACCESS EXCLUSIVE on t
-- # check
-- 1:1 rewrites-table

-- ## H64 VACUUM
-- # migration
VACUUM (ANALYZE) t;

-- ## H65 ALTER DOMAIN ADD CONSTRAINT
-- # migration
ALTER DOMAIN word ADD CONSTRAINT filled CHECK (VALUE <> '');
-- # truth
-- 1: scans words; SHARE on words
-- # check
-- 1:1 domain-constraint-scans-tables

-- ## H65 NOT VALID
-- # migration
ALTER DOMAIN word ADD CONSTRAINT filled CHECK (VALUE <> '') NOT VALID;

-- ## H65 VALIDATE
-- # before
ALTER DOMAIN word ADD CONSTRAINT filled CHECK (VALUE <> '') NOT VALID;
-- # migration
ALTER DOMAIN word VALIDATE CONSTRAINT filled;
-- # truth
-- 1: scans words; SHARE on words
-- # check
-- 1:1 domain-constraint-scans-tables

-- ## H65 SET NOT NULL
-- # migration
ALTER DOMAIN word SET NOT NULL;
-- # truth
-- 1: scans words; SHARE on words
-- # check
-- 1:1 domain-constraint-scans-tables

-- ## H65 of a domain that no table has
-- # before
CREATE DOMAIN other AS int;
-- # migration
ALTER DOMAIN other ADD CONSTRAINT positive CHECK (VALUE > 0);
ALTER DOMAIN word SET DEFAULT 'x';

-- ## H65 of a domain of the same migration
-- # migration
CREATE DOMAIN fresh AS int;
CREATE TABLE holds (id int PRIMARY KEY, f fresh);
ALTER DOMAIN fresh ADD CONSTRAINT positive CHECK (VALUE > 0);
