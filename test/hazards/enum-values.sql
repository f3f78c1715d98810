-- New values of an enum.
-- # before
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, mood mood DEFAULT 'ok', note text);
INSERT INTO t SELECT generate_series(1, 20);

-- ## H55 ADD VALUE
-- # migration
ALTER TYPE mood ADD VALUE 'happy';
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad' BEFORE 'ok';

-- ## H55 used as a default in the same query
-- # migration
ALTER TYPE mood ADD VALUE 'happy';
ALTER TABLE t ALTER COLUMN mood SET DEFAULT 'happy';
-- # truth
-- 2: fails with 55P04
-- # check
-- 2:1 enum-value-used-at-once

-- ## H55 used by an INSERT in the same transaction
-- # sent
-- transaction
-- # migration
ALTER TYPE mood ADD VALUE 'happy';
INSERT INTO t (id, mood) VALUES (100, 'happy');
-- # truth
-- 2: fails with 55P04
-- # check
-- 2:1 enum-value-used-at-once

-- ## H55 used in a CHECK
-- # migration
ALTER TYPE mood ADD VALUE 'happy';
ALTER TABLE t ADD CONSTRAINT not_happy CHECK (mood <> 'happy') NOT VALID;
-- # truth
-- 2: fails with 55P04
-- # check
-- 2:1 enum-value-used-at-once

-- ## H55 used in a cast
-- # migration
ALTER TYPE mood ADD VALUE 'happy';
SELECT 'happy'::mood;
-- # truth
-- 2: fails with 55P04
-- # check
-- 2:1 enum-value-used-at-once

-- ## H55 used by a new table
-- # migration
ALTER TYPE mood ADD VALUE 'happy';
CREATE TABLE fresh (id int PRIMARY KEY, mood mood DEFAULT 'happy');
-- # truth
-- 2: fails with 55P04
-- # check
-- 2:1 enum-value-used-at-once

-- ## H55 the same word for something else
-- # migration
ALTER TYPE mood ADD VALUE 'happy';
ALTER TABLE t ALTER COLUMN note SET DEFAULT 'happy';
ALTER TABLE t ADD COLUMN word text DEFAULT 'happy';
CREATE TABLE fresh (id int PRIMARY KEY, word text DEFAULT 'happy');
-- # truth
-- 2: ACCESS EXCLUSIVE on t

-- ## H55 statement by statement
-- # sent
-- statements
-- # migration
ALTER TYPE mood ADD VALUE 'happy';
ALTER TABLE t ALTER COLUMN mood SET DEFAULT 'happy';
-- # truth
-- 2: ACCESS EXCLUSIVE on t

-- ## H55 with COMMIT between the two
-- # sent
-- transaction
-- # migration
ALTER TYPE mood ADD VALUE 'happy';
COMMIT;
ALTER TABLE t ALTER COLUMN mood SET DEFAULT 'happy';

-- ## H55 a type of the same transaction
-- # sent
-- transaction
-- # migration
CREATE TYPE size AS ENUM ('s');
ALTER TYPE size ADD VALUE 'm';
ALTER TABLE t ADD COLUMN size size DEFAULT 'm';
-- # truth
-- [14-16] 3: fails with 55P04
-- [17-18] 3: ACCESS EXCLUSIVE on t
-- # check
-- [14-16] 3:1 enum-value-used-at-once
