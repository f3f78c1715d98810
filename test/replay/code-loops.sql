-- Loops of DO blocks over what stands in their text, and EXECUTE of what is put together from it.
CREATE TABLE t (id int PRIMARY KEY, "Mixed" text);
CREATE TABLE u (id int PRIMARY KEY);
DO $$ DECLARE name text; BEGIN
  FOREACH name IN ARRAY ARRAY['t', 'u'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN tenant_id int NOT NULL DEFAULT 0', name);
    EXECUTE format('CREATE INDEX %I ON %I (tenant_id)', name || '_tenant_idx', name);
    EXECUTE 'ALTER TABLE ' || quote_ident(name) || ' ENABLE ROW LEVEL SECURITY';
    EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = %L::int)', name, '7');
  END LOOP;
END $$;
DO $$ BEGIN
  FOR i IN 1..3 LOOP EXECUTE 'CREATE TABLE part_' || i || ' (id int PRIMARY KEY, n int DEFAULT ' || i * 2 || ')'; END LOOP;
  FOR i IN REVERSE 3..1 BY 2 LOOP EXECUTE format('ALTER TABLE %I RENAME TO %I', 'part_' || i, 'Part ' || lpad(i::text, 2, '0')); END LOOP;
  FOR i IN 5..1 LOOP EXECUTE 'DROP TABLE t'; END LOOP;
END $$;
DO $$ DECLARE
  names text[] := ARRAY['a', 'b']; prefix constant text := 'c_'; r record; n int; c text;
BEGIN
  FOR r IN SELECT unnest(names) AS name LOOP EXECUTE 'CREATE TABLE ' || prefix || r.name || ' (id int)'; END LOOP;
  FOR r IN SELECT * FROM (VALUES ('c_a', 'x'), ('c_b', 'y')) AS v (tab, col) LOOP EXECUTE format('ALTER TABLE %1$I ADD %2$I text, ADD CHECK (%2$I <> %3$L)', r.tab, r.col, 'it''s'); END LOOP;
  FOR n IN SELECT generate_series(1, 5, 2) LOOP EXECUTE format('CREATE TYPE e%s AS ENUM (%L)', n, n); END LOOP;
  FOR c IN SELECT x.z FROM unnest(string_to_array('p,q', ',')) AS x (z) LOOP EXECUTE format('CREATE SEQUENCE %I', c); END LOOP;
  FOR r IN VALUES ('Mixed'), ('id') LOOP EXECUTE format('COMMENT ON COLUMN t.%I IS %L', r.column1, 'a'); END LOOP;
END $$;
DO $$ DECLARE sql text; name text; BEGIN
  name := 'made';
  sql := format('CREATE TABLE %I (id int)', name);
  EXECUTE sql;
  name := upper(name);
  EXECUTE replace('CREATE TABLE "@" (id int)', '@', name);
  IF name = 'made' THEN EXECUTE 'DROP TABLE made'; ELSIF name = 'MADE' THEN ALTER TABLE made ADD n int; END IF;
END $$;
-- A guard may ask for what the loop is at.
DO $$ DECLARE name text; r record; BEGIN
  FOREACH name IN ARRAY '{t,u,nothing}'::text[] LOOP
    IF EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = name) THEN EXECUTE format('ALTER TABLE %I ADD COLUMN guarded int', name); END IF;
  END LOOP;
  FOR r IN SELECT * FROM (VALUES ('t', 'guarded'), ('u', 'more')) AS v (tab, col) LOOP
    IF NOT EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_name = r.tab AND c.column_name = r.col) THEN
      EXECUTE format('ALTER TABLE %I ADD COLUMN %I int', r.tab, r.col);
    END IF;
  END LOOP;
END $$;
-- Two loops with a variable of the same name; one inside the other.
DO $$ BEGIN
  FOR i IN 1..2 LOOP FOR j IN 1..2 LOOP EXECUTE format('CREATE TABLE g_%s_%s (id int)', i, j); END LOOP; END LOOP;
  FOR i IN 2..2 LOOP EXECUTE format('DROP TABLE g_%s_%s', i, i); END LOOP;
END $$;
-- What a RETURN leaves out does not run.
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 't') THEN RETURN; END IF;
  DROP TABLE t;
END $$;
DO $$ BEGIN
  BEGIN ALTER TABLE u ADD inner_one int; RETURN; END;
  DROP TABLE u;
END $$;
DO $$ BEGIN FOR i IN 1..3 LOOP EXECUTE format('ALTER TABLE u ADD turn_%s int', i); RETURN; END LOOP; END $$;
