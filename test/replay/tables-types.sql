-- ALTER COLUMN TYPE: defaults, indexes, collations, identity.
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE t (
  a int DEFAULT 5, b varchar(9) DEFAULT 'x', c char(3) DEFAULT 'y', d timestamp(3) DEFAULT CURRENT_TIMESTAMP, e mood DEFAULT 'ok', f text DEFAULT 'sad',
  g numeric(5, 2) DEFAULT 1.5, h boolean DEFAULT true, i text[] DEFAULT '{}', j json DEFAULT '{}', k date DEFAULT '2024-01-01', l bit(3) DEFAULT B'101', m bit(3) DEFAULT '101',
  n interval DEFAULT '1 day', o int DEFAULT '7', p bigserial, q int GENERATED ALWAYS AS IDENTITY, r text COLLATE "C" DEFAULT 'z', s int GENERATED ALWAYS AS (a + 1) STORED,
  u timestamp DEFAULT now(), v varchar DEFAULT lower('X'), w positive DEFAULT 3, x timestamp(3) DEFAULT '2024-01-01 00:00', y text DEFAULT NULL, z varchar(5) DEFAULT NULL
);
CREATE TABLE nulls (a timestamp(0) with time zone DEFAULT NULL, b numeric(5, 2) DEFAULT NULL, c char DEFAULT NULL, d bit DEFAULT NULL, e positive DEFAULT NULL, f mood DEFAULT NULL,
  g text DEFAULT NULL::text, h varchar DEFAULT NULL::character varying, i varchar(3) DEFAULT NULL::character varying, j text DEFAULT NULL::varchar, k varchar(3)[] DEFAULT NULL,
  l interval DEFAULT NULL, m interval(3) DEFAULT NULL, n interval year DEFAULT NULL, o text DEFAULT (NULL), p int DEFAULT NULL, q timestamp DEFAULT NULL, r bigint DEFAULT NULL::int, s mood[] DEFAULT NULL, t time(3) DEFAULT null);
ALTER TABLE nulls ALTER a SET DEFAULT NULL, ALTER p SET DEFAULT NULL, ALTER l SET DEFAULT NULL;
ALTER TABLE nulls ALTER p SET DEFAULT 5, ALTER c DROP DEFAULT;
CREATE INDEX ib ON t (b);
CREATE INDEX ib2 ON t (b varchar_pattern_ops, lower(b));
CREATE INDEX ir ON t (r COLLATE "C");
CREATE INDEX ir2 ON t (r COLLATE "POSIX" DESC, lower(r) COLLATE "C", lower(r) COLLATE "POSIX");
CREATE INDEX ir3 ON t (r COLLATE "default");
CREATE UNIQUE INDEX ia ON t (a int4_ops) WHERE a > 5;
ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0 AND b <> 'q'), ADD UNIQUE (c);
ALTER TABLE t DROP COLUMN s;
ALTER TABLE t ALTER a TYPE bigint;
ALTER TABLE t ALTER b TYPE text;
ALTER TABLE t ALTER c TYPE varchar(20);
ALTER TABLE t ALTER d TYPE timestamptz(3);
ALTER TABLE t ALTER e DROP DEFAULT, ALTER e TYPE text USING e::text, ALTER e SET DEFAULT 'ok';
ALTER TABLE t ALTER f DROP DEFAULT;
ALTER TABLE t ALTER f TYPE mood USING f::mood;
ALTER TABLE t ALTER f SET DEFAULT 'sad';
ALTER TABLE t ALTER f TYPE text;
ALTER TABLE t ALTER g TYPE numeric(10, 3);
ALTER TABLE t ALTER h TYPE text;
ALTER TABLE t ALTER i TYPE varchar(5)[];
ALTER TABLE t ALTER j DROP DEFAULT;
ALTER TABLE t ALTER j TYPE jsonb;
ALTER TABLE t ALTER k TYPE timestamptz;
ALTER TABLE t ALTER l TYPE varbit(5);
ALTER TABLE t ALTER m TYPE varbit(5);
ALTER TABLE t ALTER n TYPE interval day to second;
ALTER TABLE t ALTER o TYPE numeric;
ALTER TABLE t ALTER p TYPE int;
ALTER TABLE t ALTER q TYPE bigint;
ALTER TABLE t ALTER r TYPE varchar(10);
ALTER TABLE t ALTER r TYPE text COLLATE "POSIX";
ALTER TABLE t ALTER r TYPE text COLLATE "C";
ALTER TABLE t ALTER u TYPE timestamptz USING u AT TIME ZONE 'UTC';
ALTER TABLE t ALTER v TYPE text;
ALTER TABLE t ALTER w TYPE bigint;
ALTER TABLE t ALTER x TYPE timestamptz;
ALTER TABLE t ALTER y TYPE varchar(3);
ALTER TABLE t ALTER z TYPE text;
ALTER TABLE t ALTER z TYPE varchar(7);
ALTER TABLE t ALTER a TYPE numeric;
