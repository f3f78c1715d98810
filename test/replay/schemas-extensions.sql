-- Extensions, their schemas, and what falls with them.
CREATE SCHEMA ext;
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA ext;
CREATE EXTENSION citext SCHEMA public;
CREATE EXTENSION hstore;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION IF NOT EXISTS citext SCHEMA ext;
CREATE TABLE t (id uuid DEFAULT uuid_generate_v4(), c citext, h hstore DEFAULT ''::hstore, n text DEFAULT ext.gen_salt('bf'), l citext[], k text,
  CHECK (c <> 'x'::citext));
CREATE INDEX t_trgm ON t USING gin (k gin_trgm_ops);
CREATE INDEX t_k ON t (k);
CREATE VIEW v AS SELECT c FROM t;
ALTER EXTENSION citext SET SCHEMA ext;
ALTER EXTENSION hstore UPDATE;
ALTER EXTENSION "uuid-ossp" SET SCHEMA ext;
CREATE TYPE holds AS (c ext.citext, n int);
CREATE DOMAIN over AS ext.citext;
ALTER TABLE t ADD o over;
ALTER SCHEMA ext RENAME TO "Ext";
DROP EXTENSION IF EXISTS nothing;
DROP EXTENSION pg_trgm CASCADE;
DROP EXTENSION "uuid-ossp" CASCADE;
DROP EXTENSION citext CASCADE;
DROP EXTENSION hstore, pgcrypto CASCADE;
CREATE EXTENSION citext;
CREATE TABLE c (c citext);
DROP SCHEMA public CASCADE;
