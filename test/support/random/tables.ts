import fc from 'fast-check'
import {
  among,
  cascade,
  columns,
  ifExists,
  ifNotExists,
  maybe,
  newColumn,
  newConstraint,
  newIndex,
  newName,
  newTable,
  oneOf,
  type Sql,
  several,
  sql,
} from './names.ts'

/** A type, and defaults that it takes. */
const TYPED: readonly (readonly [type: string, ...defaults: string[]])[] = [
  ['int', '1', '(1 + 2)', 'NULL', "nextval('s')"],
  ['int', '-1', "'7'", 'length(current_user)'],
  ['bigint', '0', "nextval('s'::regclass)"],
  ['smallint', '3'],
  ['text', "'x'", "'it''s' || 'y'", 'NULL', 'CURRENT_USER', "upper('a')"],
  ['varchar(9)', "'v'", 'NULL', "'v'::varchar"],
  ['character varying', "''"],
  ['char(3)', "'abc'"],
  ['numeric(6,2)', '1.50', 'NULL'],
  ['timestamptz', 'now()', 'CURRENT_TIMESTAMP', "now() - interval '1 day'"],
  ['timestamp(3)', 'CURRENT_TIMESTAMP', "'epoch'"],
  ['date', "'2020-01-01'", 'CURRENT_DATE'],
  ['boolean', 'true', '(1 IS NOT DISTINCT FROM 2)'],
  ['uuid', 'gen_random_uuid()'],
  ['jsonb', "'{}'", "'[]'::jsonb"],
  ['int[]', "'{}'", 'ARRAY[1, 2]'],
  ['text[]', 'ARRAY[]::text[]'],
]

const typed: Sql = oneOf(
  [10, fc.constantFrom(...TYPED).chain(([type, ...defaults]) => sql(type, maybe(sql(' DEFAULT ', among(...defaults)), 0.4)))],
  [2, among('serial', 'bigserial', 'smallserial', 'serial4')],
  [3, sql('«enum»', maybe('[]', 0.2), maybe(among(" DEFAULT 'x'", ' DEFAULT NULL'), 0.4))],
  [2, sql('«domain»', maybe(' DEFAULT 5', 0.3))],
  among('«composite»', '«composite»[]', '«other»', '«range»'),
  sql('text COLLATE ', among('"C"', '"default"', 'pg_catalog."POSIX"')),
  [2, sql('int GENERATED ', among('ALWAYS', 'BY DEFAULT'), ' AS IDENTITY', maybe(' (START WITH 5)', 0.2))],
)

/** What stands behind a new column's name; a generated one reads the table's columns. */
const typedOrGenerated: Sql = oneOf(
  [12, typed],
  among('boolean GENERATED ALWAYS AS («column» IS NULL) STORED', 'boolean GENERATED ALWAYS AS («column» IS NOT NULL) VIRTUAL'),
)

const type: Sql = oneOf([6, fc.constantFrom(...TYPED).map(([t]) => t)], [2, '«enum»'], '«domain»', 'text COLLATE "C"')

export const condition: Sql = oneOf(
  [3, '«column» IS NOT NULL'],
  [2, '«column» > 0'],
  "«column»::text <> 'x'",
  '«column» IN (1, 2)',
  '«column» <> «column»',
  '«column» IS NULL OR «column» IS NULL',
  '1 > 0',
  'coalesce(length(«column»::text), 0) < 9',
  "(«column» = 'x' OR «column»::text LIKE 'y%')",
)

const deferrable: Sql = maybe(among(' DEFERRABLE', ' DEFERRABLE INITIALLY DEFERRED', ' NOT DEFERRABLE'), 0.2)
const references: Sql = sql(
  'REFERENCES «other»',
  maybe(' («its column»)', 0.3),
  maybe(' MATCH FULL', 0.1),
  maybe(among(' ON DELETE CASCADE', ' ON DELETE SET NULL', ' ON DELETE RESTRICT ON UPDATE CASCADE', ' ON UPDATE SET DEFAULT'), 0.4),
  deferrable,
)
const named: Sql = maybe(sql('CONSTRAINT ', newConstraint, ' '), 0.3)
const checkEnd: Sql = maybe(among(' NO INHERIT', ' NOT ENFORCED'), 0.15)

const columnConstraint: Sql = sql(
  ' ',
  named,
  oneOf(
    [4, 'NOT NULL'],
    'NULL',
    [2, sql('UNIQUE', maybe(' NULLS NOT DISTINCT', 0.2), deferrable)],
    [2, 'PRIMARY KEY'],
    [2, sql('CHECK (', condition, ')', checkEnd)],
    [2, references],
  ),
)

const constraints: Sql = fc.array(columnConstraint, { maxLength: 2 }).map((all) => all.join(''))
const columnDefinition: Sql = sql(newColumn, ' ', typedOrGenerated, constraints)

const tableConstraint: Sql = sql(
  named,
  oneOf(
    [3, sql('UNIQUE ', maybe('NULLS NOT DISTINCT ', 0.2), '(', columns, ')', maybe(' INCLUDE («column»)', 0.2), deferrable)],
    [2, sql('PRIMARY KEY (', columns, ')')],
    [3, sql('CHECK (', condition, ')', checkEnd)],
    [3, sql('FOREIGN KEY («column») ', references)],
    sql('FOREIGN KEY («column», «column») REFERENCES «other» («its column», «its column»)', maybe(' ON DELETE SET NULL', 0.3)),
    'NOT NULL «column»',
    sql('EXCLUDE USING btree («column» WITH =)', maybe(' WHERE («column» IS NOT NULL)', 0.3)),
  ),
)

const like: Sql = sql(
  'LIKE «other»',
  among(
    '',
    ' INCLUDING ALL',
    ' INCLUDING DEFAULTS INCLUDING CONSTRAINTS',
    ' INCLUDING INDEXES',
    ' INCLUDING IDENTITY INCLUDING GENERATED',
    ' INCLUDING ALL EXCLUDING INDEXES',
  ),
)

/** Columns a, b, c that the table's own expressions name, with one of each odd kind now and then. */
const elements: Sql = sql(
  sql('a ', oneOf([3, 'int'], typed), constraints),
  sql(', b ', oneOf([2, 'int'], typed), constraints),
  maybe(sql(', c ', typed), 0.6),
  maybe(sql(', "C" ', typed), 0.3),
  maybe(sql(', ', newColumn, ' ', typedOrGenerated, constraints), 0.2),
  maybe(sql(', ', several(tableConstraint, 2)), 0.4),
  maybe(sql(', ', like), 0.05),
)

const partitionBy: Sql = oneOf([2, sql('LIST (', among('a', 'b'), ')')], [2, 'RANGE (a)'], 'RANGE (a, b)', 'LIST ((a::text))', 'HASH (a)')

const bound: Sql = oneOf(
  [3, sql('FOR VALUES IN (', among('1', '2', "'x'", '3, 4', 'NULL'), ')')],
  [3, sql('FOR VALUES FROM (', among('1', '10', 'MINVALUE', '1, 1'), ') TO (', among('10', '20', 'MAXVALUE', '2, MAXVALUE'), ')')],
  among('FOR VALUES WITH (MODULUS 2, REMAINDER 0)', 'FOR VALUES WITH (MODULUS 2, REMAINDER 1)'),
  'DEFAULT',
)

export const createTable: Sql = oneOf(
  [
    8,
    sql(
      'CREATE ',
      maybe('UNLOGGED ', 0.05),
      'TABLE ',
      ifNotExists,
      newTable,
      ' (',
      elements,
      ')',
      oneOf([7, ''], ' INHERITS («other»)', ' INHERITS («other», «other»)', [3, sql(' PARTITION BY ', partitionBy)]),
    ),
  ],
  sql('CREATE TABLE ', newTable, ' () INHERITS («other»)'),
  sql('CREATE TABLE ', newTable, ' (', like, ')'),
  [
    4,
    sql(
      'CREATE TABLE ',
      ifNotExists,
      newTable,
      ' PARTITION OF «table»',
      maybe(sql(' (', oneOf('«column» DEFAULT 9', '«column» NOT NULL', tableConstraint), ')'), 0.2),
      ' ',
      bound,
      maybe(sql(' PARTITION BY ', partitionBy), 0.1),
    ),
  ],
  sql(
    'CREATE TABLE ',
    ifNotExists,
    newTable,
    maybe(' (x, y)', 0.2),
    ' AS SELECT ',
    among('*', '«column», «column» AS z', '«column»::text AS b, 1 AS c', 'count(*)'),
    ' FROM «table»',
  ),
)

const key: Sql = oneOf([6, '«column»'], sql('(', condition, ')'), 'lower(«column»::text)', "(«column»::text || 'x')")
const keyEnd: Sql = maybe(among(' DESC', ' ASC NULLS FIRST', ' COLLATE "C"', ' text_pattern_ops', ' int4_ops', ' DESC NULLS LAST'), 0.2)

export const createIndex: Sql = sql(
  'CREATE ',
  maybe('UNIQUE ', 0.3),
  'INDEX ',
  oneOf([2, ''], [3, sql(ifNotExists, newIndex, ' ')]),
  'ON ',
  maybe('ONLY ', 0.1),
  '«table»',
  maybe(sql(' USING ', among('btree', 'hash', 'brin')), 0.2),
  ' (',
  several(sql(key, keyEnd), 3),
  ')',
  maybe(' INCLUDE («column»)', 0.15),
  maybe(' NULLS NOT DISTINCT', 0.1),
  maybe(sql(' WHERE ', condition), 0.2),
)

const alterColumn: Sql = oneOf(
  [2, 'SET NOT NULL'],
  [2, 'DROP NOT NULL'],
  [2, 'DROP DEFAULT'],
  [2, sql('SET DEFAULT ', oneOf(...TYPED.flatMap(([, ...d]) => d)))],
  [4, sql(maybe('SET DATA ', 0.3), 'TYPE ', type, maybe(' USING NULL', 0.5))],
  ...[
    'DROP IDENTITY IF EXISTS',
    'ADD GENERATED ALWAYS AS IDENTITY',
    'SET GENERATED BY DEFAULT',
    'DROP EXPRESSION IF EXISTS',
    'SET EXPRESSION AS (a IS NOT NULL)',
    'SET STATISTICS 10',
  ],
)

const action: Sql = oneOf(
  [5, sql('ADD ', maybe('COLUMN ', 0.5), ifNotExists, columnDefinition)],
  [5, sql('ADD ', tableConstraint, maybe(' NOT VALID', 0.2))],
  [4, sql('DROP ', maybe('COLUMN ', 0.5), ifExists, '«column»', cascade)],
  [3, sql('DROP CONSTRAINT ', ifExists, oneOf([4, '«constraint»'], '«not null»'), cascade)],
  [6, sql('ALTER ', maybe('COLUMN ', 0.3), '«column» ', alterColumn)],
  'VALIDATE CONSTRAINT «constraint»',
  sql('ADD CONSTRAINT ', newConstraint, ' ', among('UNIQUE', 'PRIMARY KEY'), ' USING INDEX «table index»'),
  sql('ALTER CONSTRAINT «constraint» ', among('DEFERRABLE', 'NOT DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED', 'NOT ENFORCED', 'ENFORCED')),
  sql(among('INHERIT ', 'NO INHERIT '), '«other»'),
  among('SET UNLOGGED', 'SET LOGGED', 'ENABLE ROW LEVEL SECURITY', 'SET (fillfactor = 70)'),
)

export const alterTable: Sql = oneOf(
  [14, sql('ALTER TABLE ', ifExists, maybe('ONLY ', 0.05), '«table» ', action)],
  [3, sql('ALTER TABLE ', ifExists, '«table» ', several(action, 3))],
  [2, sql('ALTER TABLE «table» ATTACH PARTITION «other» ', bound)],
  [1, 'ALTER TABLE «table» DETACH PARTITION «other»'],
  [3, sql('ALTER TABLE ', ifExists, '«table» RENAME ', maybe('COLUMN ', 0.5), '«column» TO ', newColumn)],
  [2, sql('ALTER TABLE ', ifExists, '«table» RENAME TO ', newName)],
  [2, sql('ALTER TABLE «table» RENAME CONSTRAINT ', oneOf([3, '«constraint»'], '«not null»'), ' TO ', newConstraint)],
  [2, sql('ALTER TABLE ', ifExists, '«table» SET SCHEMA ', among('side', 'public'))],
  [2, sql('ALTER INDEX ', ifExists, '«index» RENAME TO ', oneOf(newIndex, newName))],
  [1, 'ALTER INDEX «index» ATTACH PARTITION «index»'],
)
