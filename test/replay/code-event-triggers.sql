-- Triggers that change nothing of the schema leave it known, those whose code changes one table make that one unknown.
-- incomplete: "public"."audited"
-- incomplete: "public"."changed"
-- incomplete: "public"."later"
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE audited (id int PRIMARY KEY);
CREATE TABLE changed (id int PRIMARY KEY);
CREATE TABLE later (id int PRIMARY KEY);
CREATE TABLE seen (tag text);
CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER noting ON ddl_command_end EXECUTE FUNCTION note();
CREATE TABLE after_it (id int);
CREATE FUNCTION grow() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
  IF tg_tag = 'CREATE VIEW' THEN EXECUTE format('ALTER TABLE audited ADD COLUMN %I int', 'c' || (SELECT count(*) FROM seen)); END IF;
END $$;
CREATE EVENT TRIGGER growing ON ddl_command_end EXECUTE FUNCTION grow();
CREATE VIEW v AS SELECT id FROM t;
ALTER EVENT TRIGGER growing DISABLE;
DROP EVENT TRIGGER noting;
CREATE FUNCTION widen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE changed ADD COLUMN IF NOT EXISTS n int; RETURN NEW; END $$;
CREATE TRIGGER widens AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION widen();
INSERT INTO t VALUES (1);
CREATE FUNCTION calm() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER calm AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION calm();
CREATE OR REPLACE FUNCTION calm() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN CREATE INDEX IF NOT EXISTS later_idx ON later (id); RETURN NEW; END $$;
INSERT INTO t VALUES (2);
