import { quoteName } from '@expand-contract/core'
import fc from 'fast-check'

/** A column as the history makes it. */
export interface RandomColumn {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  readonly default?: string
}

/** A table with rows, a parent that it points at, and a child that points at it. */
export interface RandomSchema {
  readonly table: string
  readonly parent: string
  readonly child: string
  /** How the primary key is written. */
  readonly key: string
  readonly columns: readonly RandomColumn[]
  /** Indexes and constraints over the columns, as SQL. */
  readonly extras: readonly string[]
}

const LONG = 'a_name_of_sixty_characters_that_leaves_no_room_for_an_end_xy'
/** Names that hurt: reserved, mixed case, quoted, long, not ASCII. */
export const NAMES = ['name', 'Camel', 'order', 'x y', 'q"q', LONG, 'größe', 'a', 'zz', 'NEW', 'value'] as const
const TABLES = ['User', 'order', 'T x', LONG, 'items'] as const
const TYPES: readonly (readonly [type: string, ...defaults: string[]])[] = [
  ['integer', '0', '7'],
  ['smallint', '1'],
  ['bigint', '0'],
  ['text', `''`, `'x'`],
  ['varchar(40)', `'anon'`],
  ['boolean', 'false'],
  ['timestamp(3)', 'CURRENT_TIMESTAMP'],
  ['numeric(10,2)', '1.50'],
  ['jsonb', `'{}'`],
  ['uuid', 'gen_random_uuid()'],
  ['text[]', 'ARRAY[]::text[]'],
  ['"Mood"', `'ok'`],
]
const KEYS = [
  '"id" serial PRIMARY KEY',
  '"id" integer PRIMARY KEY',
  '"id" uuid DEFAULT gen_random_uuid() PRIMARY KEY',
  '"id" text PRIMARY KEY',
]

const typed = fc.constantFrom(...TYPES).chain(([type, ...defaults]) =>
  fc.record({
    type: fc.constant(type),
    notNull: fc.boolean(),
    default: fc.option(fc.constantFrom(...defaults), { nil: undefined, freq: 1 }),
  }),
)

const column = (name: string): fc.Arbitrary<RandomColumn> =>
  typed.map(({ default: value, ...rest }) => ({ name, ...rest, ...(value !== undefined && { default: value }) }))

/** Schemas, all of which PostgreSQL takes. */
export const schemas: fc.Arbitrary<RandomSchema> = fc
  .record({
    tables: fc.uniqueArray(fc.constantFrom(...TABLES), { minLength: 3, maxLength: 3 }),
    key: fc.constantFrom(...KEYS),
    columns: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 2, maxLength: 5 }).chain((names) => fc.tuple(...names.map(column))),
    extras: fc.array(fc.tuple(fc.nat(6), fc.nat(9), fc.nat(9)), { maxLength: 4 }),
  })
  .map(({ tables: [table = '', parent = '', child = ''], key, columns, extras }) => ({
    table,
    parent,
    child,
    key,
    columns,
    extras: extras.flatMap(([kind, one, two], i) => extra({ table, parent, columns }, kind, i, one, two)),
  }))

function extra(
  { table, parent, columns }: Pick<RandomSchema, 'table' | 'parent' | 'columns'>,
  kind: number,
  i: number,
  one: number,
  two: number,
): string[] {
  const [a, b] = [columns[one % columns.length], columns[two % columns.length]]
  if (!a || !b) return []
  const [t, x, y] = [table, a.name, b.name].map(quoteName)
  switch (kind) {
    case 0:
      return a.type === 'jsonb' ? [] : [`CREATE INDEX "i${i}" ON ${t} (${x});`]
    case 1:
      return [a, b].some((c) => c.type === 'jsonb') || x === y ? [] : [`CREATE INDEX "i${i}" ON ${t} (${x}, ${y} DESC);`]
    case 2:
      return ['integer', 'bigint', 'text', 'uuid'].includes(a.type) && a.default === undefined
        ? [`CREATE UNIQUE INDEX "u${i}" ON ${t} (${x});`]
        : []
    case 3:
      return ['text', 'varchar(40)'].includes(a.type) ? [`CREATE INDEX "e${i}" ON ${t} (lower(${x})) WHERE ${x} <> 'none';`] : []
    case 4:
      return ['bigint', 'numeric(10,2)'].includes(a.type) ? [`ALTER TABLE ${t} ADD CONSTRAINT "c${i}" CHECK (${x} > -5);`] : []
    case 5:
      return ['text', 'varchar(40)'].includes(a.type) ? [`ALTER TABLE ${t} ADD CONSTRAINT "c${i}" CHECK (${x} <> 'bad');`] : []
    case 6:
      return a.type === 'integer' && a.default === undefined
        ? [
            `ALTER TABLE ${t} ADD CONSTRAINT "f${i}" FOREIGN KEY (${x}) REFERENCES ${quoteName(parent)} ("id") ON DELETE ${a.notNull ? 'CASCADE' : 'SET NULL'};`,
          ]
        : []
    default:
      return [`COMMENT ON COLUMN ${t}.${x} IS 'what it''s for';`]
  }
}

/** The SQL of the history. */
export function schemaSql({ table, parent, child, key, columns, extras }: RandomSchema): string {
  const list = columns.map(
    (c) => `${quoteName(c.name)} ${c.type}${c.default === undefined ? '' : ` DEFAULT ${c.default}`}${c.notNull ? ' NOT NULL' : ''}`,
  )
  const type = key.split(' ')[1] === 'serial' ? 'integer' : key.split(' ')[1]
  return [
    `CREATE TYPE "Mood" AS ENUM ('ok', 'sad', 'mad');`,
    `CREATE TABLE ${quoteName(parent)} ("id" integer PRIMARY KEY);`,
    `CREATE TABLE ${quoteName(table)} (${[key, ...list].join(', ')});`,
    `CREATE TABLE ${quoteName(child)} ("id" serial PRIMARY KEY, "of" ${type} REFERENCES ${quoteName(table)} ("id") ON DELETE CASCADE);`,
    ...extras,
    '',
  ].join('\n')
}
