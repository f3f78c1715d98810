-- What code does that is decided when it runs: the tables that it may change are not known.
-- incomplete: "public"."t"
-- incomplete: "public"."child"
-- incomplete: "public"."u"
-- incomplete: "public"."w"
-- incomplete: "public"."x"
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE child () INHERITS (t);
CREATE TABLE u (id int PRIMARY KEY);
CREATE TABLE w (id int PRIMARY KEY);
CREATE TABLE x (id int PRIMARY KEY);
CREATE TABLE known (id int PRIMARY KEY);
DO $$ BEGIN EXECUTE format('ALTER TABLE t ADD COLUMN %I int', 'c' || (SELECT count(*) FROM known)); END $$;
DO $$ BEGIN EXECUTE format('CREATE INDEX %I ON u (id)', 'i' || (SELECT count(*) FROM known)); END $$;
-- A loop that may end early, one over rows, one whose variable is changed on the way.
DO $$ BEGIN FOR i IN 1..3 LOOP EXIT WHEN (SELECT count(*) FROM known) = 0; ALTER TABLE w ADD never int; END LOOP; END $$;
DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM known LOOP ALTER TABLE w ADD never int; END LOOP; END $$;
DO $$ DECLARE name text := 'one'; BEGIN
  SELECT 'two' INTO name;
  EXECUTE format('ALTER TABLE x ADD %I int', name);
END $$;
DO $$ DECLARE name text := 'one'; BEGIN
  IF (SELECT count(*) FROM known) = 0 THEN name := 'three'; END IF;
  EXECUTE format('ALTER TABLE x ADD %I int', name);
END $$;
