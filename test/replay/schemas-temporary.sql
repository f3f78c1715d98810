-- Temporary tables hide others of the same name.
CREATE TABLE t (id int);
CREATE TEMP TABLE t (id serial PRIMARY KEY, b text);
ALTER TABLE t ADD COLUMN c int;
CREATE INDEX ON t (b);
ALTER TABLE public.t ADD COLUMN d int;
DROP TABLE t;
ALTER TABLE t ADD COLUMN e int;
CREATE TEMPORARY TABLE scratch ON COMMIT DROP AS SELECT 1 AS one;
CREATE TABLE scratch (id int);
