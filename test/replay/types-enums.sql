-- Enums: values at every place, renamed values and types in all that names them.
CREATE SCHEMA side;
CREATE TYPE empty AS ENUM ();
CREATE TYPE "Role" AS ENUM ('USER', 'it''s', 'back\slash');
CREATE TYPE side."Role" AS ENUM ('OTHER');
CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TYPE mood ADD VALUE 'happy';
ALTER TYPE mood ADD VALUE 'first' BEFORE 'sad';
ALTER TYPE mood ADD VALUE 'between' AFTER 'sad';
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'between' BEFORE 'first';
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'new one' BEFORE 'happy';
ALTER TYPE empty ADD VALUE '';
ALTER TYPE side."Role" ADD VALUE 'quote''d';
CREATE TABLE t (
  id int,
  r "Role" NOT NULL DEFAULT 'USER',
  s side."Role" DEFAULT 'OTHER'::side."Role",
  l "Role"[] DEFAULT ARRAY['USER', 'it''s']::"Role"[],
  l2 "Role"[] DEFAULT '{USER}',
  m mood[][] DEFAULT '{{sad},{ok}}'::mood[],
  d mood DEFAULT CAST('ok' AS mood) CHECK (d <> 'sad' AND d IN ('ok', 'happy')),
  f text DEFAULT 'USER'::"Role"::text,
  g text GENERATED ALWAYS AS (CASE WHEN s = 'OTHER' THEN 'o' ELSE 'n' END) STORED,
  CHECK (r <> 'it''s'::"Role" OR s = 'OTHER'::side."Role")
);
CREATE INDEX ON t (id) WHERE r = 'USER';
CREATE INDEX ON t ((r = 'USER'::public."Role"));
CREATE INDEX ON t ((CASE WHEN d = mood 'ok' THEN 1 ELSE 2 END));
ALTER TYPE "Role" RENAME VALUE 'it''s' TO 'its';
ALTER TYPE "Role" RENAME VALUE 'back\slash' TO 'slash\back';
ALTER TYPE side."Role" RENAME VALUE 'OTHER' TO 'ANOTHER';
ALTER TYPE "Role" RENAME TO role;
ALTER TYPE side."Role" RENAME TO role;
ALTER TYPE mood SET SCHEMA side;
ALTER TYPE role RENAME VALUE 'USER' TO 'ADMIN';
ALTER TYPE side.mood RENAME VALUE 'sad' TO 'SAD';
ALTER TYPE side.mood RENAME TO "select";
ALTER TABLE t ALTER COLUMN l2 TYPE text[] USING l2::text[];
ALTER TABLE t ALTER f SET DEFAULT 'ANOTHER'::side.role::text;
ALTER TYPE side.role OWNER TO current_user;
COMMENT ON TYPE side.role IS 'a role';
GRANT USAGE ON TYPE side.role TO public;
DROP TYPE empty;
DROP TYPE IF EXISTS empty, nothing.at_all;
DROP TYPE side.role CASCADE;
DROP TYPE side."select", role CASCADE;
