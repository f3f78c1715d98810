-- What a type's name means, and how it is printed.
CREATE SCHEMA "Side car";
CREATE EXTENSION citext;
CREATE EXTENSION hstore WITH SCHEMA "Side car";
CREATE EXTENSION ltree;
CREATE TYPE "public"."User" AS ENUM ('a');
CREATE TYPE "Side car"."order" AS ENUM ('a');
CREATE TYPE text AS ENUM ('shadowed');
CREATE DOMAIN "citext2" AS citext;
CREATE TYPE "ÄÖ" AS ENUM ('ä');
CREATE TYPE interval2 AS RANGE (subtype = interval);
CREATE TYPE "Side car".floats AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TABLE t (
  a text, b public.text, c pg_catalog.text, d "text",
  e "User"[], f "public"."User"[][], g "Side car"."order"[3], h int ARRAY, i int ARRAY[4], j "ÄÖ",
  k citext, l public.citext[], m citext2, n "Side car".hstore, o ltree, p lquery[],
  q interval2, r interval2[], s "Side car".floats, u "Side car".floats[],
  v int4range, w daterange[], x nummultirange, y regclass, z oid
);
CREATE TABLE u (
  a char, b char(5), c "char", d bpchar, e character varying, f varchar(3)[], g bit, h bit(3), i bit varying(4), j bit varying,
  k numeric, l numeric(3), m numeric(3, 1), n decimal(4, 2), o dec, p float(10), q float(40), r float, s double precision, t real, u int2, v int8, w int4,
  x interval, y interval(3), z interval year, aa interval day to second, ab interval day to second(2), ac interval hour to minute, ad interval second(4),
  ae time, af time(3), ag timetz, ah time(2) with time zone, ai timestamp, aj timestamptz(3), ak timestamp(0) without time zone,
  al bool, am json, an jsonb, ao uuid, ap bytea, aq xml, ar money, as_ inet, at cidr, au macaddr, av macaddr8, aw point, ax tsvector, ay tsquery,
  az name, ba national character varying(3), bb nchar(2), bc pg_lsn, bd jsonpath, be numeric(5, 2), bf xid8, bg oidvector
);
CREATE TABLE multi (r interval2_multirange, f "Side car".floats_multirange[]);
CREATE TYPE named AS RANGE (subtype = int4, multirange_type_name = "Named many");
CREATE TYPE "Short range" AS RANGE (subtype = int4);
CREATE TYPE side_range_y AS RANGE (subtype = text, collation = "C");
CREATE TABLE many (a "Named many", b "Short multirange", c side_multirange_y, d named[]);
ALTER TYPE interval2 RENAME TO spans;
ALTER TYPE spans SET SCHEMA "Side car";
ALTER TYPE "Named many" RENAME TO named_many;
ALTER DOMAIN citext2 RENAME TO citext3;
ALTER TYPE "User" RENAME TO "user";
ALTER TABLE t ALTER b TYPE text, ALTER a TYPE public.text USING a::public.text, ALTER j TYPE "Side car"."order" USING NULL;
DROP TYPE named CASCADE;
DROP TYPE "Side car".spans CASCADE;
-- Functions of a range's name: its own go with it alone.
CREATE TYPE reach AS RANGE (subtype = int);
DROP FUNCTION IF EXISTS reach(int);
CREATE FUNCTION reach(text) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
DROP FUNCTION reach(text);
CREATE FUNCTION reach(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION reach(text) CASCADE;
CREATE SCHEMA far;
CREATE TYPE near AS RANGE (subtype = int, multirange_type_name = far.nears);
DROP TYPE near;
CREATE TYPE far.away AS RANGE (subtype = int, multirange_type_name = many_away);
CREATE TABLE of_many (a many_away);
DROP TABLE of_many;
DROP TYPE far.away;
