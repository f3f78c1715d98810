-- Partitions of a table in use.
-- # before
CREATE TABLE parts (id int NOT NULL, a text) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
INSERT INTO parts SELECT g, 'x' FROM generate_series(1, 20) g;
CREATE TABLE alone (id int NOT NULL, a text);
INSERT INTO alone SELECT g, 'x' FROM generate_series(101, 120) g;

-- ## H60 ATTACH PARTITION
-- # migration
ALTER TABLE parts ATTACH PARTITION alone FOR VALUES FROM (100) TO (200);
-- # truth
-- 1: scans alone; ACCESS EXCLUSIVE on alone; SHARE UPDATE EXCLUSIVE on parts
-- # check
-- 1:1 attach-partition-scans

-- ## H60 with a CHECK that says the bounds
-- # before
ALTER TABLE alone ADD CONSTRAINT bounds CHECK (id >= 100 AND id < 200);
-- # migration
ALTER TABLE parts ATTACH PARTITION alone FOR VALUES FROM (100) TO (200);
-- # truth
-- 1: ACCESS EXCLUSIVE on alone; SHARE UPDATE EXCLUSIVE on parts

-- ## H60 with a CHECK that is not validated
-- # before
ALTER TABLE alone ADD CONSTRAINT bounds CHECK (id >= 100 AND id < 200) NOT VALID;
-- # migration
ALTER TABLE parts ATTACH PARTITION alone FOR VALUES FROM (100) TO (200);
-- # truth
-- 1: scans alone; ACCESS EXCLUSIVE on alone; SHARE UPDATE EXCLUSIVE on parts
-- # check
-- 1:1 attach-partition-scans

-- ## H60 with a CHECK of other bounds
-- # before
ALTER TABLE alone ADD CONSTRAINT bounds CHECK (id >= 100 AND id < 300);
-- # migration
ALTER TABLE parts ATTACH PARTITION alone FOR VALUES FROM (100) TO (200);
-- # truth
-- 1: scans alone; ACCESS EXCLUSIVE on alone; SHARE UPDATE EXCLUSIVE on parts
-- # check
-- 1:1 attach-partition-scans

-- ## H60 with a CHECK, but the key may be NULL
-- # before
CREATE TABLE loose (id int, a text) PARTITION BY RANGE (id);
CREATE TABLE loose_1 (id int, a text, CHECK (id >= 100 AND id < 200));
INSERT INTO loose_1 SELECT g, 'x' FROM generate_series(101, 120) g;
-- # migration
ALTER TABLE loose ATTACH PARTITION loose_1 FOR VALUES FROM (100) TO (200);
-- # truth
-- 1: scans loose_1; SHARE UPDATE EXCLUSIVE on loose; ACCESS EXCLUSIVE on loose_1
-- # check
-- 1:1 attach-partition-scans

-- ## H60 a new table
-- # migration
CREATE TABLE fresh (LIKE parts INCLUDING ALL);
ALTER TABLE parts ATTACH PARTITION fresh FOR VALUES FROM (100) TO (200);
-- # truth
-- 2: SHARE UPDATE EXCLUSIVE on parts

-- ## H60 a new table, but the default partition is read
-- # before
CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
INSERT INTO parts SELECT g, 'x' FROM generate_series(1000, 1020) g;
-- # migration
CREATE TABLE fresh (LIKE parts INCLUDING ALL);
ALTER TABLE parts ATTACH PARTITION fresh FOR VALUES FROM (100) TO (200);
-- # truth
-- 2: scans parts_rest; SHARE UPDATE EXCLUSIVE on parts; ACCESS EXCLUSIVE on parts_rest
-- # check
-- 2:1 attach-partition-scans

-- ## H60 by lists
-- # before
CREATE TABLE kinds (kind text NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE kinds_a (kind text NOT NULL CHECK (kind = 'a'));
INSERT INTO kinds_a VALUES ('a');
-- # migration
ALTER TABLE kinds ATTACH PARTITION kinds_a FOR VALUES IN ('a');
-- # truth
-- 1: SHARE UPDATE EXCLUSIVE on kinds; ACCESS EXCLUSIVE on kinds_a

-- ## H61 DETACH PARTITION
-- # instead
ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY;
-- # migration
ALTER TABLE parts DETACH PARTITION parts_1;
-- # truth
-- 1: ACCESS EXCLUSIVE on parts; ACCESS EXCLUSIVE on parts_1
-- # check
-- 1:1 detach-partition-blocks-queries (advice)

-- ## H61 DETACH PARTITION CONCURRENTLY
-- # migration
ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY;

-- ## H61 DETACH PARTITION CONCURRENTLY in a transaction
-- # sent
-- transaction
-- # migration
ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY;
-- # truth
-- 1: fails with 25001
-- # check
-- 1:1 concurrently-in-transaction

-- ## H62 CREATE TABLE … PARTITION OF
-- # instead
CREATE TABLE parts_2 (LIKE parts INCLUDING ALL);
ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES FROM (100) TO (200);
-- # migration
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (100) TO (200);
-- # truth
-- 1: ACCESS EXCLUSIVE on parts
-- # check
-- 1:1 new-partition-blocks-parent (advice)

-- ## H62 of a parent of the same migration
-- # migration
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE INDEX events_day_idx ON events (day);
