-- Guards of DO blocks, asked of the catalog.
CREATE TABLE t (id text NOT NULL, a int); CREATE UNIQUE INDEX t_pkey ON t (id); 
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 't_pkey') THEN ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = 'auth') THEN CREATE SCHEMA "auth"; END IF; END $$;
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'a' AND is_nullable = 'YES') THEN ALTER TABLE t ALTER a SET NOT NULL; END IF; END $$;
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'a' AND is_nullable = 'YES') THEN ALTER TABLE t DROP a; END IF; END $$;
DO $$ BEGIN IF to_regclass('public.t') IS NOT NULL THEN ALTER TABLE t ADD b int; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = 'mood' AND n.nspname = 'public') THEN CREATE TYPE mood AS ENUM ('x'); END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_enum WHERE enumlabel = 'y' AND enumtypid = 'mood'::regtype) THEN ALTER TYPE mood ADD VALUE 'y'; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'mood' AND e.enumlabel = 'y') THEN CREATE TABLE never (id int); END IF; END $$;
CREATE TABLE o (id int PRIMARY KEY);
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES o ON DELETE SET NULL NOT VALID;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'fk' AND conrelid = 't'::regclass AND confdeltype = 'c') THEN ALTER TABLE t DROP CONSTRAINT IF EXISTS fk, ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES o ON DELETE CASCADE NOT VALID; END IF; END $$;
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'fk' AND NOT convalidated) THEN ALTER TABLE t VALIDATE CONSTRAINT fk; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('a', 't')) OR EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'nope') THEN DROP TABLE t; ELSE ALTER TABLE t ADD z int; END IF; END $$;
CREATE TABLE p (at int) PARTITION BY RANGE (at);
-- What an index is made of.
CREATE TABLE shaped (a int, b int, c text);
CREATE INDEX shaped_idx ON shaped (a) WHERE shaped.c IS NULL;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'shaped_idx' AND indexdef LIKE '%b%') THEN DROP INDEX shaped_idx; CREATE INDEX shaped_idx ON shaped (a, b) WHERE shaped.c IS NULL; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'shaped_idx' AND indexdef LIKE '%shaped%') THEN DROP INDEX shaped_idx; END IF; END $$;
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'shaped_idx' AND indexdef NOT LIKE '%endpoint%') THEN ALTER INDEX shaped_idx RENAME TO "Shaped"; END IF; END $$;
CREATE INDEX shaped_expression ON shaped (lower(c));
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'shaped_expression' AND indexdef LIKE '%lower%') THEN DROP INDEX shaped_expression; END IF; END $$;
