-- DO blocks are opened: what they run is judged where it stands.
-- # before
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT generate_series(1, 20);
CREATE TABLE t (id int PRIMARY KEY, p_id int, s text);
INSERT INTO t SELECT g, g, 'x' FROM generate_series(1, 20) g;

-- ## H31 Drizzle's wrapper around a foreign key
-- # migration
DO $$ BEGIN
 ALTER TABLE "t" ADD CONSTRAINT "t_p_fk" FOREIGN KEY ("p_id") REFERENCES "public"."p"("id") ON DELETE no action ON UPDATE no action;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
-- # truth
-- 1: scans t; SHARE ROW EXCLUSIVE on p; SHARE ROW EXCLUSIVE on t
-- # check
-- 2:2 add-foreign-key-blocks-writes

-- ## H31 the wrapper of a key that is there
-- # before
ALTER TABLE t ADD CONSTRAINT t_p_fk FOREIGN KEY (p_id) REFERENCES p (id);
-- # migration
DO $$ BEGIN
 ALTER TABLE "t" ADD CONSTRAINT "t_p_fk" FOREIGN KEY ("p_id") REFERENCES "public"."p"("id");
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;

-- ## H31 the wrapper of a key of a new table
-- # migration
CREATE TABLE fresh (id int PRIMARY KEY, p_id int);
DO $$ BEGIN
 ALTER TABLE "fresh" ADD CONSTRAINT "fresh_p_fk" FOREIGN KEY ("p_id") REFERENCES "public"."p"("id");
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
-- # truth
-- 2: SHARE ROW EXCLUSIVE on p

-- ## H55 the wrapper of a new type
-- # migration
DO $$ BEGIN
 CREATE TYPE "public"."mood" AS ENUM('sad', 'ok');
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;

-- ## H30 H42 several statements, each at its own place
-- # old code
INSERT INTO t (id, s) VALUES (100, '')
-- # migration
DO $$
BEGIN
  ALTER TABLE t ADD CONSTRAINT filled CHECK (s <> '');
  CREATE INDEX t_s_idx ON t (s); ALTER TABLE t ADD COLUMN c int;
END $$;
-- # truth
-- 1: builds an index on t; ACCESS EXCLUSIVE on t
-- old code 1: fails with 23514
-- # check
-- 3:3 add-check-scans-table
-- 3:3 add-check-breaks-old-writers
-- 4:3 create-index-blocks-writes

-- ## H15 under a guard that holds
-- # old code
INSERT INTO t (id) VALUES (100)
-- # migration
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 's') THEN
    ALTER TABLE t ALTER COLUMN s SET NOT NULL;
  END IF;
END $$;
-- # truth
-- 1: scans t; ACCESS EXCLUSIVE on t
-- old code 1: fails with 23502
-- # check
-- 4:5 set-not-null-scans-table
-- 4:5 set-not-null-breaks-old-writers

-- ## H31 under a guard that does not hold
-- # before
ALTER TABLE t ADD CONSTRAINT t_p_fk FOREIGN KEY (p_id) REFERENCES p (id);
-- # migration
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 't_p_fk') THEN
    ALTER TABLE t ADD CONSTRAINT t_p_fk FOREIGN KEY (p_id) REFERENCES p (id);
  END IF;
END $$;

-- ## H42 EXECUTE of a literal
-- # migration
DO $$ BEGIN
  EXECUTE 'CREATE INDEX t_s_idx ON t (s)';
END $$;
-- # truth
-- 1: builds an index on t; SHARE on t
-- # check
-- 2:12 create-index-blocks-writes

-- ## H66 rows in batches that are committed
-- # sent
-- statements
-- # migration
DO $$
BEGIN
  LOOP
    UPDATE t SET s = 'y' WHERE id IN (SELECT id FROM t WHERE s = 'x' LIMIT 4);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;

-- ## H66 all rows at once
-- # migration
DO $$
BEGIN
  UPDATE t SET s = 'y' WHERE s = 'x';
END $$;
-- # truth
-- 1: scans t; changes many rows of t; ROW EXCLUSIVE on t
-- # check
-- 3:3 data-change-in-migration
