import type { Catalog, Table, TableName } from '../catalog/catalog.ts'
import { remembered } from '../remembered.ts'
import { printedName } from '../sql/printed-name.ts'
import { splitKey, tableKey } from '../sql/relation.ts'
import { MAX_IDENTIFIER_BYTES } from '../sql/sql.ts'
import { isConstraintName, tableOfIndex } from './names.ts'

/**
 * The name that PostgreSQL gives to an object nobody named: `first_second_label`, the longer part cut byte by byte until all of it fits
 * (makeObjectName in src/backend/commands/indexcmds.c).
 */
export function makeObjectName(first: string, second: string | undefined, label: string): string {
  const whole = second === undefined ? `${first}_${label}` : `${first}_${second}_${label}`
  if (Buffer.byteLength(whole) <= MAX_IDENTIFIER_BYTES) return whole
  const room = MAX_IDENTIFIER_BYTES - Buffer.byteLength(label) - 1 - (second === undefined ? 0 : 1)
  let [a, b] = [Buffer.byteLength(first), second === undefined ? 0 : Buffer.byteLength(second)]
  while (a + b > room) {
    if (a > b) a--
    else b--
  }
  return [clip(first, a), ...(second === undefined ? [] : [clip(second, b)]), label].join('_')
}

/** At most `bytes` bytes of a text, no character cut in two. */
export function clip(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let out = ''
  let used = 0
  for (const character of text) {
    used += Buffer.byteLength(character)
    if (used > bytes) break
    out += character
  }
  return out
}

/** Column names joined for an object's name, cut where PostgreSQL stops joining. */
export function joinedColumns(columns: readonly string[]): string {
  let joined = ''
  for (const column of columns) {
    joined += joined === '' ? column : `_${column}`
    if (Buffer.byteLength(joined) > MAX_IDENTIFIER_BYTES) break
  }
  return joined
}

/** What is named: the table, or materialized view, and its schema. */
type Owner = Pick<Table, 'schema' | 'name'>

/** A free name for an index or sequence: numbered where a relation, or for constraints a constraint, of the schema has it already. */
export function relationName(catalog: Catalog, table: Owner, columns: string | undefined, label: string, isConstraint: boolean): string {
  return firstFree(table.name, columns, label, (name) => {
    return hasRelation(catalog, table.schema, name) || (isConstraint && hasConstraint(catalog, table.schema, name))
  })
}

/** A free name for a CHECK, FOREIGN KEY or NOT NULL; `taken` are names that the catalog does not hold yet. */
export function constraintName(
  catalog: Catalog,
  table: Owner,
  columns: string | undefined,
  label: string,
  taken?: ReadonlySet<string>,
): string {
  return firstFree(table.name, columns, label, (name) => taken?.has(name) === true || hasConstraint(catalog, table.schema, name))
}

function firstFree(first: string, second: string | undefined, label: string, taken: (name: string) => boolean): string {
  for (let i = 0; ; i++) {
    const name = makeObjectName(first, second, i === 0 ? label : `${label}${i}`)
    if (!taken(name)) return name
  }
}

/** True where a table, view, sequence, index or composite type of the schema has the name. */
export function hasRelation(catalog: Catalog, schema: string, name: string): boolean {
  const key = tableKey(name, schema)
  if (catalog.tables.has(key) || catalog.views.has(key) || catalog.sequences.has(key)) return true
  if (catalog.composites.size > 0 && catalog.composites.has(`${printedName(schema)}.${printedName(name)}`)) return true
  return tableOfIndex(catalog.tables, schema, name) !== undefined || viewWithIndex(catalog, schema, name) !== undefined
}

function hasConstraint(catalog: Catalog, schema: string, name: string): boolean {
  return (
    isConstraintName(catalog.tables, schema, name) ||
    (catalog.domains.size > 0 && domainChecks(catalog.domains).has(`${printedName(schema)}.${name}`))
  )
}

/** The checks of domains by schema and name: constraints of tables and domains have one set of names. */
const domainChecks = remembered((domains: Catalog['domains']): ReadonlySet<string> => {
  const schemaOf = (type: string): string => type.match(/^("(?:[^"]|"")*"|[^".]+)\./)?.[1] ?? ''
  return new Set([...domains].flatMap(([type, { checks }]) => checks.map((c) => `${schemaOf(type)}.${c.name}`)))
})

/** The materialized view whose index has that name in a schema. */
export function viewWithIndex(catalog: Catalog, schema: string, name: string): TableName | undefined {
  return catalog.views.size === 0 ? undefined : indexesOfViews(catalog.views).get(`${schema}\0${name}`)
}

const indexesOfViews = remembered((views: Catalog['views']): ReadonlyMap<string, TableName> => {
  return new Map([...views].flatMap(([key, view]) => view.indexes.map((i) => [`${splitKey(key)[0]}\0${i.name}`, key] as const)))
})
