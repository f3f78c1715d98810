import {
  among,
  cascade,
  ifExists,
  ifNotExists,
  maybe,
  newColumn,
  newComposite,
  newDomain,
  newEnum,
  newName,
  newRange,
  newSequence,
  newView,
  oneOf,
  qualified,
  type Sql,
  several,
  sql,
} from './names.ts'
import { alterTable, condition, createIndex, createTable } from './tables.ts'

const label: Sql = among("'x'", "'y'", "'it''s'")
const elsewhere: Sql = sql(' SET SCHEMA ', among('side', 'public'))
const anyType: Sql = among('«enum»', '«composite»', '«domain»')

const enums: Sql = oneOf(
  [3, sql('CREATE TYPE ', newEnum, ' AS ENUM (', among("'x', 'y'", "'x'", ''), ')')],
  [2, sql('ALTER TYPE «enum» ADD VALUE ', ifNotExists, among("'z'", "'x'", "'q'"), maybe(sql(among(' BEFORE ', ' AFTER '), label), 0.4))],
  sql('ALTER TYPE «enum» RENAME VALUE ', label, ' TO ', label),
)

const composites: Sql = oneOf(
  [2, sql('CREATE TYPE ', newComposite, ' AS (', among('a int', 'a text, "B" varchar(3)', 'a «enum», b int[]', 'b «domain»'), ')')],
  sql(
    'ALTER TYPE «composite» ',
    several(
      oneOf(
        sql('ADD ATTRIBUTE ', newColumn, ' int'),
        sql('DROP ATTRIBUTE ', ifExists, 'a', cascade),
        sql('ALTER ATTRIBUTE a TYPE text', cascade),
      ),
      2,
    ),
  ),
  sql('ALTER TYPE «composite» RENAME ATTRIBUTE a TO ', newColumn, cascade),
)

const typesBeyond: Sql = oneOf(
  sql('ALTER TYPE ', anyType, ' RENAME TO ', oneOf(among('e', '"E"', 'd', 'm'), newName)),
  sql('ALTER TYPE ', anyType, elsewhere),
  sql('DROP TYPE ', ifExists, anyType, cascade),
)

const ranges: Sql = oneOf(
  [
    3,
    sql(
      'CREATE TYPE ',
      newRange,
      ' AS RANGE (subtype = ',
      among('int', 'text', '«enum»', '«domain»'),
      maybe(', multirange_type_name = many', 0.2),
      ')',
    ),
  ],
  sql('ALTER TYPE «range» RENAME TO ', oneOf('rg', '"A range"', newName)),
  sql('ALTER TYPE «range»', elsewhere),
  sql('DROP TYPE ', ifExists, '«range»', cascade),
)

const domainCheck: Sql = sql(
  maybe(among('CONSTRAINT k1 ', 'CONSTRAINT d_check '), 0.4),
  'CHECK (',
  among('VALUE > 0', 'VALUE <> 3 OR VALUE IS NULL'),
  ')',
)
const domains: Sql = oneOf(
  [
    3,
    sql(
      'CREATE DOMAIN ',
      newDomain,
      ' AS ',
      among('int', 'bigint', 'numeric(4)', '«domain»', 'varchar(5)'),
      maybe(' DEFAULT 4', 0.3),
      maybe(' NOT NULL', 0.2),
      maybe(sql(' ', several(domainCheck, 2, ' ')), 0.5),
    ),
  ],
  [
    3,
    sql(
      'ALTER DOMAIN «domain» ',
      oneOf(
        ...['SET NOT NULL', 'DROP NOT NULL', 'SET DEFAULT 2', 'DROP DEFAULT', 'VALIDATE CONSTRAINT k1', 'RENAME CONSTRAINT k1 TO d_check'],
        [2, sql('ADD ', domainCheck, maybe(' NOT VALID', 0.3))],
        sql('DROP CONSTRAINT ', ifExists, among('k1', 'd_check', 'd_check1'), cascade),
      ),
    ),
  ],
  sql('ALTER DOMAIN «domain» RENAME TO ', oneOf('d', newName)),
  sql('DROP DOMAIN ', ifExists, '«domain»', cascade),
)

const sequences: Sql = oneOf(
  [2, sql('CREATE SEQUENCE ', ifNotExists, newSequence, maybe(' AS smallint', 0.2), maybe(' OWNED BY «table».«column»', 0.3))],
  sql(
    'ALTER SEQUENCE ',
    ifExists,
    '«sequence» ',
    oneOf('OWNED BY «table».«column»', 'OWNED BY NONE', 'AS bigint', 'RESTART', 'INCREMENT BY 2'),
  ),
  sql('ALTER SEQUENCE ', ifExists, '«sequence» RENAME TO ', oneOf('s', newName)),
  sql('ALTER SEQUENCE «sequence»', elsewhere),
  sql('DROP SEQUENCE ', ifExists, '«sequence»', cascade),
)

const query: Sql = oneOf(
  [3, 'SELECT * FROM «table»'],
  [2, sql('SELECT «column», «column» AS z FROM «table»', maybe(' WHERE «column» IS NULL', 0.4))],
  'SELECT x.«column» AS m, y.«its column» AS n FROM «other» y CROSS JOIN «table» x',
  'SELECT count(*) FROM «table»',
  'SELECT «column» FROM «table» UNION ALL SELECT NULL',
  'WITH q AS (SELECT «column» FROM «table») SELECT * FROM q',
  'SELECT 1 AS a FROM «table» x WHERE EXISTS (SELECT FROM «other» y WHERE y.«its column» IS NULL)',
  'SELECT * FROM «view»',
  'SELECT x FROM «table» x',
  sql('SELECT * FROM «table» WHERE ', condition),
)

const views: Sql = oneOf(
  [5, sql('CREATE ', maybe('OR REPLACE ', 0.3), 'VIEW ', newView, maybe(' (x)', 0.1), ' AS ', query)],
  [2, sql('CREATE MATERIALIZED VIEW ', ifNotExists, newView, ' AS ', query)],
  [2, sql('DROP ', maybe('MATERIALIZED ', 0.3), 'VIEW ', ifExists, '«view»', cascade)],
  sql('ALTER ', maybe('MATERIALIZED ', 0.3), 'VIEW ', ifExists, '«view» RENAME TO ', oneOf('v', newName)),
  sql('ALTER ', maybe('MATERIALIZED ', 0.3), 'VIEW «view»', elsewhere),
  sql('ALTER VIEW «view» RENAME ', among('a', 'z', 'b'), ' TO ', newColumn),
)

const newFunction: Sql = qualified(among('f', 'g'))
const code: Sql = oneOf(
  [
    2,
    sql(
      'CREATE ',
      maybe('OR REPLACE ', 0.5),
      'FUNCTION ',
      newFunction,
      '() RETURNS trigger LANGUAGE plpgsql ',
      among('', 'STABLE ', 'IMMUTABLE '),
      'AS $$ BEGIN RETURN NEW; END $$',
    ),
  ],
  [
    2,
    sql(
      'CREATE ',
      maybe('OR REPLACE ', 0.5),
      'FUNCTION ',
      qualified(among('f', 'h')),
      '(i int) RETURNS int LANGUAGE sql ',
      among('', 'IMMUTABLE '),
      'AS $$ SELECT i * 2 $$',
    ),
  ],
  sql(
    'ALTER FUNCTION «function»',
    among('()', '', '(int)'),
    ' ',
    among('IMMUTABLE', 'STABLE', 'RENAME TO g', 'SET SCHEMA side', 'RENAME TO h'),
  ),
  sql('DROP FUNCTION ', ifExists, '«function»', among('', '()', '(int)'), cascade),
  [
    4,
    sql(
      'CREATE ',
      maybe('OR REPLACE ', 0.2),
      'TRIGGER ',
      among('r1', 'r2'),
      ' BEFORE UPDATE ON «table» FOR EACH ROW ',
      maybe(among('WHEN (OLD.«column» IS DISTINCT FROM NEW.«column») ', 'WHEN (NEW.«column» IS NULL) '), 0.3),
      'EXECUTE FUNCTION «function»()',
    ),
  ],
  [2, sql('CREATE TRIGGER r2 BEFORE UPDATE OF a, b ON «table» FOR EACH ROW EXECUTE FUNCTION «function»()')],
  sql('DROP TRIGGER ', ifExists, 'r1 ON «table»', cascade),
  'ALTER TRIGGER r1 ON «table» RENAME TO r2',
  [
    3,
    sql(
      'CREATE POLICY ',
      among('y1', 'y2'),
      ' ON «table»',
      maybe(sql(' USING (', condition, ')'), 0.7),
      maybe(sql(' WITH CHECK (', oneOf(condition, 'EXISTS (SELECT FROM «other» x WHERE x.«its column» IS NULL)'), ')'), 0.3),
    ),
  ],
  sql('ALTER POLICY y1 ON «table» ', among('RENAME TO y2', 'USING («column» IS NULL)', 'WITH CHECK («column» IS NULL)')),
  sql('DROP POLICY ', ifExists, 'y1 ON «table»'),
)

const schemas: Sql = oneOf(
  [3, 'CREATE SCHEMA IF NOT EXISTS side'],
  'CREATE SCHEMA other',
  'ALTER SCHEMA side RENAME TO other',
  'ALTER SCHEMA other RENAME TO side',
  sql('DROP SCHEMA ', ifExists, among('side', 'other'), cascade),
)

const paths: Sql = sql('SET search_path = ', among('side', 'public', 'side, public', 'DEFAULT'))

const drops: Sql = oneOf(
  [3, sql('DROP TABLE ', ifExists, several('«table»', 2), cascade)],
  [3, sql('DROP INDEX ', ifExists, several('«index»', 2), cascade)],
)

const inside: Sql = oneOf([3, alterTable], [2, createTable], createIndex, drops, enums, sequences)

/** Statements in DO blocks: with a handler, behind a guard, in a loop. */
const blocks: Sql = oneOf(
  [
    3,
    sql(
      'DO $$ BEGIN ',
      inside,
      '; EXCEPTION WHEN ',
      among('duplicate_object OR duplicate_table OR duplicate_column', 'undefined_table OR undefined_object OR undefined_column'),
      ' THEN NULL; END $$',
    ),
  ],
  [
    2,
    sql(
      'DO $$ BEGIN IF ',
      maybe('NOT ', 0.5),
      'EXISTS (SELECT FROM information_schema.',
      among(
        "columns WHERE table_name = 't' AND column_name = 'a'",
        "tables WHERE table_name = 'u'",
        "table_constraints WHERE constraint_name = 'k1'",
      ),
      ') THEN ',
      inside,
      '; END IF; END $$',
    ),
  ],
  sql(
    "DO $$ DECLARE x text; BEGIN FOREACH x IN ARRAY ARRAY['t', 'u'] LOOP EXECUTE format('ALTER TABLE IF EXISTS %I ",
    among('ADD COLUMN IF NOT EXISTS %I int', 'ADD CONSTRAINT %I CHECK (true)', 'DROP COLUMN IF EXISTS %I', 'RENAME TO %I'),
    "', x, x || '_c'); END LOOP; END $$",
  ),
)

/** A statement that changes a schema, if it fits. */
export const statement: Sql = oneOf(
  ...([
    [14, createTable],
    [8, createIndex],
    [28, alterTable],
    [4, drops],
    [4, enums],
    [3, composites],
    [3, typesBeyond],
    [2, ranges],
    [4, domains],
    [4, sequences],
    [8, views],
    [8, code],
    [4, blocks],
    [1, schemas],
    [1, paths],
  ] as const),
)

/** What a history starts with: things for the others to meet. */
export const OPENING: readonly string[] = [
  'CREATE SCHEMA side',
  "CREATE TYPE e AS ENUM ('x', 'y')",
  'CREATE DOMAIN d AS int',
  'CREATE SEQUENCE s',
  'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
]
