-- Handlers of DO blocks: what fails for an object that is there, or is not, undoes its block; IF [NOT] EXISTS does not fail.
CREATE TABLE t (id int PRIMARY KEY);
DO $$ BEGIN CREATE TABLE u (LIKE public.u); EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN CREATE TABLE u () INHERITS (u); EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN CREATE TABLE u (id int REFERENCES nothing (id)); EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN CREATE TABLE u (id int PRIMARY KEY, up int REFERENCES u); EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN CREATE TABLE v (id int, FOREIGN KEY (id) REFERENCES nothing (id)); EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE nothing ATTACH PARTITION u FOR VALUES IN (1); EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE nothing ENABLE ROW LEVEL SECURITY; EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ALTER COLUMN nothing SET NOT NULL; EXCEPTION WHEN undefined_column THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ALTER COLUMN nothing TYPE text; EXCEPTION WHEN undefined_column THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ADD first int; ALTER TABLE t ADD first int; EXCEPTION WHEN duplicate_column THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ADD second int; ALTER TABLE t ADD COLUMN IF NOT EXISTS second int; ALTER TABLE IF EXISTS nothing ADD x int; EXCEPTION WHEN duplicate_column OR undefined_table THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ADD third int; ALTER TABLE t DROP COLUMN IF EXISTS nothing; DROP TABLE IF EXISTS nothing; EXCEPTION WHEN undefined_column OR undefined_table THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ADD fourth int; ALTER TABLE nothing DROP COLUMN IF EXISTS nothing; EXCEPTION WHEN undefined_column OR undefined_table THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ADD fifth int; CREATE TABLE IF NOT EXISTS t (id int); CREATE INDEX IF NOT EXISTS t_pkey ON t (id); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
CREATE SEQUENCE taken;
DO $$ BEGIN CREATE TABLE taken (id int); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
DO $$ BEGIN CREATE INDEX taken ON t (id); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
DO $$ BEGIN CREATE SEQUENCE t; EXCEPTION WHEN duplicate_table THEN NULL; END $$;
DO $$ BEGIN DROP SEQUENCE nothing; DROP TABLE t; EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN DROP VIEW nothing; DROP TABLE t; EXCEPTION WHEN undefined_table THEN NULL; END $$;
CREATE TYPE mood AS ENUM ('x');
DO $$ BEGIN ALTER TYPE mood ADD VALUE IF NOT EXISTS 'x'; ALTER TABLE t ADD sixth int; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
-- What a handler takes: a table that is not there for a sequence that is, one of several that is missing, a key that names a column twice.
CREATE SEQUENCE loose;
DO $$ BEGIN ALTER SEQUENCE IF EXISTS loose OWNED BY nowhere.a; EXCEPTION WHEN undefined_table THEN NULL; END $$;
CREATE TABLE stays (id int);
DO $$ BEGIN DROP TABLE stays, nowhere; EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN CREATE TABLE IF NOT EXISTS twice (a int, PRIMARY KEY (a, a)); EXCEPTION WHEN duplicate_column THEN NULL; END $$;
-- A column that is there twice, by LIKE too; not where the table stands already.
DO $$ BEGIN CREATE TABLE twice (a int, LIKE stays, id int); EXCEPTION WHEN duplicate_column THEN NULL; END $$;
DO $$ BEGIN CREATE TABLE twice (a int, a text); EXCEPTION WHEN duplicate_object OR duplicate_column THEN NULL; END $$;
DO $$ BEGIN CREATE TABLE once (a int, LIKE stays); EXCEPTION WHEN duplicate_column THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE stays ADD b int; CREATE TABLE IF NOT EXISTS stays (a int, a text); EXCEPTION WHEN duplicate_column THEN NULL; END $$;
