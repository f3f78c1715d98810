-- Rules are not followed: the tables that they name are not known, all others are.
-- incomplete: "public"."t"
-- incomplete: "public"."log"
CREATE TABLE t (id int PRIMARY KEY, n int);
CREATE TABLE log (id int);
CREATE TABLE o (id int PRIMARY KEY);
CREATE VIEW v AS SELECT id FROM o;
CREATE RULE logged AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.id);
CREATE RULE nothing AS ON DELETE TO v DO INSTEAD NOTHING;
CREATE OR REPLACE RULE "Kept" AS ON UPDATE TO v WHERE OLD.id > 3 DO INSTEAD NOTHING;
INSERT INTO t VALUES (1, 1);
ALTER RULE "Kept" ON v RENAME TO kept;
ALTER TABLE o ADD n int;
DROP RULE kept ON v;
DROP RULE IF EXISTS kept ON v;
