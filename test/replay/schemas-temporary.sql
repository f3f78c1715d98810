-- Temporary tables hide others of the same name.
-- incomplete: "pg_temp"."batch"
CREATE TABLE t (id int);
CREATE TEMP TABLE t (id serial PRIMARY KEY, b text);
ALTER TABLE t ADD COLUMN c int;
CREATE INDEX ON t (b);
ALTER TABLE public.t ADD COLUMN d int;
DROP TABLE t;
ALTER TABLE t ADD COLUMN e int;
CREATE TEMPORARY TABLE scratch ON COMMIT DROP AS SELECT 1 AS one;
CREATE TABLE scratch (id int);
-- Rows change no table's form, whatever the names in them mean; a temporary table of a loop is nobody's doubt.
CREATE TABLE filled (id int PRIMARY KEY, cost int);
DO $$ DECLARE n int := 1; BEGIN
  LOOP
    CREATE TEMP TABLE IF NOT EXISTS batch (id int) ON COMMIT DROP;
    UPDATE filled SET cost = width_bucket(cost, 0, 9, 3) FROM batch b WHERE b.id = filled.id;
    EXIT WHEN n > 0;
  END LOOP;
END $$;
