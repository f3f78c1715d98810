import { type Catalog, EVERYTHING, type Index, type Table } from '../catalog/catalog.ts'
import { remembered } from '../remembered.ts'
import { splitKey } from '../sql/relation.ts'
import { bareType, splitType } from '../sql/type-name.ts'

/** A value of a row of PostgreSQL's own catalogs; undefined: not known. */
export type Value = string | boolean | null | undefined

/** A row; a column that it has not is not known. Object ids are texts that only say which is the same. */
export type SystemRow = Readonly<Record<string, Value>>

/** The rows that PostgreSQL's own catalog or information_schema view has of the user's objects; undefined where they are not known. */
export function systemRows(catalog: Catalog, name: string): readonly SystemRow[] | undefined {
  if (catalog.incomplete.has(EVERYTHING)) return undefined
  const rows = ROWS[name]?.(catalog)
  // What may be different from its picture could match anything that does not ask for another table.
  return rows && [...rows, ...[...catalog.incomplete.keys()].map(ofKey)]
}

function ofKey(key: string): SystemRow {
  const [first, name] = splitKey(key)
  return name === '' ? { nspname: first, schema_name: first, extname: first } : ofTable(first, name)
}

/** Names that rows of a table have, in whichever catalog. */
function ofTable(schema: string, table: string): SystemRow {
  const id = oid(schema, table)
  return {
    table_schema: schema,
    table_name: table,
    schemaname: schema,
    tablename: table,
    attrelid: id,
    conrelid: id,
    tgrelid: id,
    indrelid: id,
  }
}

function oid(schema: string, name: string): string {
  return JSON.stringify([schema, name])
}

const KINDS = {
  primary: ['PRIMARY KEY', 'p'],
  unique: ['UNIQUE', 'u'],
  foreign: ['FOREIGN KEY', 'f'],
  check: ['CHECK', 'c'],
  exclude: ['EXCLUDE', 'x'],
} as const

const ACTIONS = { 'no action': 'a', restrict: 'r', cascade: 'c', 'set null': 'n', 'set default': 'd' } as const

function ofTables(make: (table: Table) => readonly SystemRow[]): (catalog: Catalog) => readonly SystemRow[] {
  const rowsOf = remembered((table: Table) => make(table).map((row): SystemRow => ({ ...ofTable(table.schema, table.name), ...row })))
  return (catalog) => [...catalog.tables.values()].flatMap(rowsOf)
}

const columns = ofTables((t) =>
  t.columns.map((c) => ({
    column_name: c.name,
    is_nullable: c.notNull ? 'NO' : 'YES',
    ...(c.default === undefined && { column_default: null }),
    data_type: c.type.endsWith('[]') ? 'ARRAY' : bareType(c.type).includes('.') ? undefined : bareType(c.type),
    is_identity: c.identity ? 'YES' : 'NO',
    is_generated: c.generated ? 'ALWAYS' : 'NEVER',
    attname: c.name,
    attnotnull: c.notNull,
    attisdropped: false,
  })),
)

const constraints = ofTables((t) =>
  t.constraints.map((c) => ({
    constraint_schema: t.schema,
    constraint_name: c.name,
    constraint_type: KINDS[c.kind][0],
    conname: c.name,
    contype: KINDS[c.kind][1],
    connamespace: oid('', t.schema),
    convalidated: c.validated,
    condeferrable: c.deferrable === true,
    ...(c.references && {
      confdeltype: ACTIONS[c.references.onDelete],
      confupdtype: ACTIONS[c.references.onUpdate],
      delete_rule: c.references.onDelete.toUpperCase(),
      update_rule: c.references.onUpdate.toUpperCase(),
      confrelid: oid(...splitKey(c.references.table)),
    }),
  })),
)

/** What stands for the text of an index: see {@link holdsWord}. */
const WORDS = '\0words\0'

/** The names in an index's definition, and its expressions; a mark where PostgreSQL may print other words than these. */
function wordsOf(table: Table, index: Index): string {
  const texts = [...index.keys.map((k) => k.expression ?? ''), index.where ?? '']
  const isPlain = texts.every((text) => /^[\w"\s.]*$/.test(text))
  const names = [
    index.name,
    table.schema,
    table.name,
    index.method,
    ...index.include,
    ...index.keys.map((k) => `${k.column ?? ''} ${k.options}`),
  ]
  return [WORDS, ...names, ...texts, ...(isPlain ? [] : [WORDS])].join(' ')
}

/** True for what stands for the text of an index. */
export function isWords(value: Value): boolean {
  return typeof value === 'string' && value.startsWith(WORDS)
}

/** `indexdef LIKE '%word%'`: whether the text of an index holds the word; undefined for other texts and patterns, and where that can't be told. */
export function holdsWord(definition: string, pattern: string): boolean | undefined {
  const word = /^%([a-z_][a-z0-9_]*)%$/.exec(pattern)?.[1]
  if (word === undefined || /^(create|unique|index|on|using|where|include|is|not|null|and)$/i.test(word)) return undefined
  return definition.includes(word) || (definition.endsWith(WORDS) ? undefined : false)
}

const ROWS: Readonly<Record<string, ((catalog: Catalog) => readonly SystemRow[]) | undefined>> = {
  'information_schema.columns': (catalog) => [
    ...columns(catalog),
    ...[...catalog.views].flatMap(([key, v]) => {
      const view = ofTable(...splitKey(key))
      return v.columns?.map((name) => ({ ...view, column_name: name })) ?? [view]
    }),
  ],
  'information_schema.table_constraints': constraints,
  'information_schema.referential_constraints': (catalog) => constraints(catalog).filter((row) => row.contype === 'f'),
  'information_schema.schemata': (catalog) =>
    [...catalog.schemas, 'pg_catalog', 'information_schema'].map((schema_name) => ({ schema_name })),
  'information_schema.tables': (catalog) => [
    ...ofTables(() => [{ table_type: 'BASE TABLE' }])(catalog),
    ...[...catalog.views].filter(([, v]) => !v.materialized).map(([key]) => ({ ...ofTable(...splitKey(key)), table_type: 'VIEW' })),
  ],
  'information_schema.views': (catalog) => [...catalog.views].filter(([, v]) => !v.materialized).map(([key]) => ofTable(...splitKey(key))),
  pg_attribute: columns,
  pg_constraint: constraints,
  pg_enum: (catalog) =>
    [...catalog.enums].flatMap(([type, labels]) => labels.map((enumlabel) => ({ enumlabel, enumtypid: oid(...splitType(type)) }))),
  pg_extension: (catalog) => [...catalog.extensions, 'plpgsql'].map((extname) => ({ extname })),
  pg_indexes: ofTables((t) => t.indexes.map((i) => ({ indexname: i.name, indexdef: wordsOf(t, i) }))),
  pg_matviews: (catalog) =>
    [...catalog.views].filter(([, v]) => v.materialized).map(([key]) => ({ schemaname: splitKey(key)[0], matviewname: splitKey(key)[1] })),
  pg_namespace: (catalog) =>
    [...catalog.schemas, 'pg_catalog', 'information_schema'].map((nspname) => ({ nspname, oid: oid('', nspname) })),
  pg_policies: ofTables((t) => t.policies.map((p) => ({ policyname: p.name }))),
  pg_tables: ofTables(() => [{}]),
  pg_trigger: ofTables((t) => t.triggers.map((g) => ({ tgname: g.name, tgisinternal: false }))),
  pg_type: (catalog) =>
    [...catalog.enums.keys(), ...catalog.domains.keys(), ...catalog.composites.keys()].map((type) => {
      const [schema, typname] = splitType(type)
      return { typname, typnamespace: oid('', schema), oid: oid(schema, typname) }
    }),
  pg_views: (catalog) =>
    [...catalog.views].filter(([, v]) => !v.materialized).map(([key]) => ({ schemaname: splitKey(key)[0], viewname: splitKey(key)[1] })),
}
