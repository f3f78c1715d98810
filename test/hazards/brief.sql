-- What takes a brief lock, or none, and is nobody's harm.
-- # before
CREATE TABLE t (id int PRIMARY KEY, a int, s text);
INSERT INTO t SELECT g, g, 'x' FROM generate_series(1, 20) g;
CREATE TABLE u (id int PRIMARY KEY, t_id int CONSTRAINT u_t_fkey REFERENCES t (id));
CREATE VIEW seen AS SELECT id FROM t;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER kept BEFORE UPDATE ON u FOR EACH ROW EXECUTE FUNCTION keep();

-- ## H58 triggers
-- # old code
UPDATE t SET a = 1 WHERE id = 1
-- # migration
CREATE TRIGGER kept BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION keep();
ALTER TABLE u DISABLE TRIGGER kept;
-- # truth
-- 1: SHARE ROW EXCLUSIVE on t
-- 2: SHARE ROW EXCLUSIVE on u
-- old code works

-- ## H59 DROP TRIGGER
-- # migration
DROP TRIGGER kept ON u;
-- # truth
-- 1: ACCESS EXCLUSIVE on u

-- ## H71 rights, comments, statistics, fill factor
-- # migration
GRANT SELECT ON t TO PUBLIC;
COMMENT ON TABLE t IS 'x';
COMMENT ON COLUMN t.a IS 'x';
ALTER TABLE t ALTER COLUMN a SET STATISTICS 500;
ALTER TABLE t SET (fillfactor = 70);
-- # truth
-- 2: SHARE UPDATE EXCLUSIVE on t

-- ## H72 row security, owner, storage, replica identity, rules
-- # migration
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON t USING (true);
ALTER TABLE t OWNER TO CURRENT_USER;
ALTER TABLE t ALTER COLUMN s SET STORAGE EXTERNAL;
ALTER TABLE t REPLICA IDENTITY FULL;
CREATE RULE noted AS ON DELETE TO u DO ALSO NOTIFY gone;
ALTER TABLE u ALTER CONSTRAINT u_t_fkey DEFERRABLE;
-- # truth
-- 1: ACCESS EXCLUSIVE on t
-- 6: ACCESS EXCLUSIVE on u

-- ## H72 CREATE OR REPLACE VIEW
-- # old code
SELECT id FROM seen
-- # migration
CREATE OR REPLACE VIEW seen AS SELECT id, s FROM t;
-- # truth
-- old code works

-- ## H72 functions, types, sequences, schemas
-- # migration
CREATE OR REPLACE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TYPE size AS ENUM ('s', 'm');
CREATE SEQUENCE numbers;
CREATE SCHEMA side;
CREATE DOMAIN word AS text CHECK (VALUE <> '');
