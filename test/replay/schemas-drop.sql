-- DROP SCHEMA and what falls with it elsewhere.
CREATE SCHEMA empty; CREATE SCHEMA a; CREATE SCHEMA b;
DROP SCHEMA empty;
DROP SCHEMA IF EXISTS empty, nothing CASCADE;
CREATE TYPE a.role AS ENUM ('x');
CREATE DOMAIN a.pos AS int CHECK (VALUE > 0);
CREATE TYPE a.pair AS (x int, r a.role);
CREATE TYPE a.span AS RANGE (subtype = int);
CREATE SEQUENCE a.seq;
CREATE TABLE a.t (id serial PRIMARY KEY, r a.role);
CREATE FUNCTION a.one() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION a.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TYPE public.holds AS (r a.role, n int);
CREATE DOMAIN public.over AS a.pos;
CREATE TABLE b.u (id int PRIMARY KEY, r a.role, rs a.role[], p a.pos, q public.over, x a.pair, h public.holds, s int DEFAULT nextval('a.seq'), one int DEFAULT a.one(),
  f int REFERENCES a.t, sp a.span, spm a.span_multirange, c int, CHECK (c > a.one()));
CREATE INDEX ON b.u (c) WHERE r = 'x';
CREATE INDEX ON b.u (c, id);
CREATE TRIGGER touch BEFORE UPDATE ON b.u FOR EACH ROW EXECUTE FUNCTION a.touch();
CREATE VIEW b.v AS SELECT t.id FROM a.t t JOIN b.u ON true;
CREATE VIEW b.w AS SELECT id FROM b.u;
CREATE VIEW w AS SELECT r FROM b.u;
CREATE VIEW a.x AS SELECT id FROM b.w;
CREATE VIEW y AS SELECT id FROM a.x;
CREATE TABLE kid () INHERITS (a.t);
DROP SCHEMA a CASCADE;
DROP SCHEMA b CASCADE;
