-- postgres 15
-- Names of what nobody named: keys, checks, foreign keys, indexes, sequences; cut to 63 bytes and made unique.
CREATE TABLE a (id int PRIMARY KEY, b int CHECK (b > 0) CHECK (b < 9), c int UNIQUE, CHECK (b < c), CHECK (c > b), CHECK (1 > 0), UNIQUE (b, c), UNIQUE (b, c, id));
CREATE TABLE a_pkey1 (id int CONSTRAINT a_pkey2 PRIMARY KEY);
CREATE TABLE a_b_seq (id int);
CREATE TABLE a_d_idx (id int PRIMARY KEY);
ALTER TABLE a ADD COLUMN d serial, ADD COLUMN e int REFERENCES a, ADD COLUMN f int REFERENCES a_pkey1 REFERENCES a;
CREATE INDEX ON a (d);
CREATE INDEX ON a (d);
CREATE INDEX ON a (d, d);
CREATE INDEX ON a (d) INCLUDE (d, e);
CREATE UNIQUE INDEX ON a (d);
ALTER TABLE a ADD CHECK (b > 1);
ALTER TABLE a ADD UNIQUE (c);
ALTER TABLE a DROP CONSTRAINT a_b_check;
ALTER TABLE a ADD CHECK (b > 2);
-- Constraint names are looked for in the schema, relation names too.
CREATE TABLE x (y_z int CHECK (y_z > 0));
CREATE TABLE x_y (z int CHECK (z > 0), w int);
CREATE TABLE x_y_w (key int UNIQUE);
CREATE TABLE "x_y_w_key" (a int);
ALTER TABLE x_y ADD UNIQUE (w);
CREATE SCHEMA other;
CREATE TABLE other.x_y (z int CHECK (z > 0), w int UNIQUE, v serial, u int GENERATED ALWAYS AS IDENTITY);
CREATE VIEW a_pkey3 AS SELECT 1 AS one;
CREATE TYPE a_c_key2 AS (a int);
CREATE SEQUENCE a_e_key;
ALTER TABLE a ADD UNIQUE (e);
ALTER TABLE a ADD UNIQUE (c);
CREATE MATERIALIZED VIEW mat AS SELECT id, b, lower('x') AS l FROM a;
CREATE INDEX ON mat (b);
CREATE INDEX ON mat (b);
CREATE INDEX ON mat (lower(l));
CREATE TABLE mat_b (idx int UNIQUE);
CREATE TABLE mat_l (x int);
-- Within one CREATE TABLE.
CREATE TABLE one (a int UNIQUE UNIQUE, b int UNIQUE, CONSTRAINT one_b_key CHECK (b > 0));
CREATE TABLE two (a int CHECK (a > 0) CONSTRAINT two_a_check1 CHECK (a < 5), b int, CHECK (a <> 4), CHECK (a <> 4 AND b > 0));
CREATE TABLE three (a int REFERENCES a, b int, FOREIGN KEY (a) REFERENCES a_pkey1, CONSTRAINT three_a_fkey2 FOREIGN KEY (b) REFERENCES a, FOREIGN KEY (a, b) REFERENCES a (b, c));
CREATE TABLE four (id serial, CONSTRAINT four_id_not_null CHECK (id > 0));
CREATE TABLE five (five_id_seq serial, id serial, "Id" serial);
-- The longer of table and column is cut, byte by byte, no character in two.
CREATE TABLE aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123 (
  id serial PRIMARY KEY, aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123 int UNIQUE CHECK (aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123 > 0),
  aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff124 int UNIQUE REFERENCES a,
  aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff125 int NOT NULL REFERENCES a);
CREATE INDEX ON aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123 (aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff124);
CREATE INDEX ON aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123 (aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff125, id);
CREATE TABLE "日本語日本語日本語日本語日本語" ("名前名前名前名前名前名前" text NOT NULL UNIQUE, "é" int CHECK ("é" > 0), "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂" serial PRIMARY KEY);
CREATE INDEX ON "日本語日本語日本語日本語日本語" ("名前名前名前名前名前名前", "é", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂");
CREATE INDEX ON "日本語日本語日本語日本語日本語" ("名前名前名前名前名前名前", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", "é");
ALTER TABLE "日本語日本語日本語日本語日本語" ADD FOREIGN KEY ("é") REFERENCES a, ADD UNIQUE ("é", "名前名前名前名前名前名前");
-- Identifiers over 63 bytes are cut by the parser.
CREATE TABLE this_is_a_very_long_table_name_that_goes_on_and_on_until_it_is_cut_off_somewhere (id int PRIMARY KEY, "ééééééééééééééééééééééééééééééééééééééé" int UNIQUE);
ALTER TABLE this_is_a_very_long_table_name_that_goes_on_and_on_until_it_is_cut_off_somewhere ADD COLUMN b int CONSTRAINT another_very_long_name_for_a_constraint_which_will_be_cut_off_here_too CHECK (b > 0);
-- Expression keys.
CREATE TABLE e (a text, b int, c jsonb, d text[], expr int);
CREATE INDEX ON e (lower(a), (b + 1), (b * 2));
CREATE INDEX ON e (expr, (b + 1), (c -> 'x'), (a || 'x'), (d[1]));
CREATE INDEX ON e ((c ->> 'k'), (CASE WHEN b > 1 THEN a END), coalesce(a, 'x'), greatest(b, 1), (b::text), (a::varchar), (a COLLATE "C"), (a), ((b)));
CREATE INDEX ON e ((ARRAY[b]), nullif(b, 1), ((b IS NULL)), ((NOT (b > 1))), (b = ANY (ARRAY[1, 2])), ((CASE b WHEN 1 THEN 2 ELSE b END)));
CREATE INDEX ON e (least(b, 2), abs(b), pg_catalog.abs(b), substring(a from 1 for 2), trim(a), extract(epoch from interval '1 day'), overlay(a placing 'x' from 1), position('x' in a));
CREATE INDEX ON e ((a IS DISTINCT FROM 'x'), (b BETWEEN 1 AND 2), (a LIKE 'x%'), (a IN ('a', 'b')), ((c -> 'a' ->> 'b')::int), (CASE WHEN b > 1 THEN lower(a) ELSE upper(a) END), (1 + 1));
CREATE INDEX ON e (((c ->> 'a')::numeric(5, 2)), ((b)::bigint), (('x' || a)::character varying(5)), (CASE WHEN b > 1 THEN b ELSE 3 END), ((d)[2]), (lower(a) COLLATE "C"));
CREATE TABLE ex (r int4range, n int, EXCLUDE USING gist (r WITH &&), EXCLUDE USING gist (int4range(n, n + 1) WITH &&), EXCLUDE USING gist ((int4range(n, n + 2)) WITH &&, r WITH =));
-- A name is taken by a relation of any kind; what is named twice in one DROP is dropped once.
CREATE TABLE taken (a int, b int);
CREATE SEQUENCE IF NOT EXISTS taken;
CREATE INDEX taken_idx ON taken (a);
CREATE SEQUENCE IF NOT EXISTS taken_idx;
DROP INDEX public.taken_idx, taken_idx CASCADE;
CREATE TYPE taken_type AS (a int);
CREATE SEQUENCE IF NOT EXISTS taken_type;
DROP TYPE taken_type, public.taken_type;
DROP TABLE taken, public.taken;
