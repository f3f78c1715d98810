-- What a DO block makes only under a condition that the history can't tell: none of it is known.
-- incomplete: "app"
-- incomplete: "citext"
-- incomplete: "public"."mood"
-- incomplete: "public"."pair"
-- incomplete: "public"."positive"
-- incomplete: "public"."of_role"
-- incomplete: "public"."numbers"
-- incomplete: "public"."maybe"
-- incomplete: "public"."log"
-- incomplete: "public"."log_p1"
-- incomplete: "app"."t"
-- incomplete: "app"."t_id_seq"
CREATE TABLE sure (id int PRIMARY KEY);
CREATE TABLE log (at int NOT NULL) PARTITION BY RANGE (at);
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'nobody_of_this_name') THEN
    CREATE SCHEMA app;
    CREATE EXTENSION citext;
    CREATE TYPE mood AS ENUM ('x');
    CREATE TYPE pair AS (a int, b mood);
    CREATE DOMAIN positive AS int CHECK (VALUE > 0);
    CREATE FUNCTION of_role() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
    CREATE SEQUENCE numbers;
    CREATE VIEW maybe AS SELECT id FROM sure;
    CREATE TABLE log_p1 PARTITION OF log FOR VALUES FROM (1) TO (2);
    CREATE TABLE app.t (id serial PRIMARY KEY);
  END IF;
END $$;
CREATE TABLE known (id int PRIMARY KEY REFERENCES sure);
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'nobody_of_this_name') THEN CREATE SCHEMA other; CREATE EXTENSION hstore; END IF;
END $$;
CREATE SCHEMA IF NOT EXISTS other;
CREATE EXTENSION IF NOT EXISTS hstore;
-- A partition of a table that is not known is not either.
DO $$ BEGIN EXECUTE format('CREATE TABLE %I PARTITION OF log FOR VALUES FROM (2) TO (3)', 'log_' || (SELECT count(*) FROM sure)); END $$;
