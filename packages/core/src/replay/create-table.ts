import type { Catalog, Column, Table, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { DEFAULT_SCHEMA, rangeKey, strings } from '../relation.ts'
import type { Change, Handler } from './change.ts'
import { readColumn } from './column.ts'
import { addConstraint } from './constraint.ts'
import { mark, putTable, without } from './edit.ts'
import { inherit } from './inherit.ts'
import { like, likeIndexes } from './like.ts'
import { boundOf, joinParent, partitionKey } from './partition.ts'
import { columnsOfQuery } from './query-columns.ts'
import { ownSequence } from './sequence.ts'

/** CREATE TABLE. */
export const createTable: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  if (catalog.tables.has(key)) {
    if (fields.relation.relpersistence === 't') return mark(catalog, key, change, 'a temporary table of the same name hides the table')
    return fields.if_not_exists ? catalog : mark(catalog, key, change, 'the table is created while it stands already')
  }
  const elements = (fields.tableElts ?? []) as PgNode[]
  const parents = ((fields.inhRelations ?? []) as PgNode[]).map((p) => rangeKey(p.RangeVar))
  const constraints = elements.filter((e) => e.Constraint).map((e) => e.Constraint as PgNode)
  let current = putTable(forgotten(catalog, key), key, emptyTable(fields, parents, change))
  for (const parent of parents) current = inherit(current, key, parent, change)
  for (const element of elements) {
    if (element.TableLikeClause) current = like(current, key, element.TableLikeClause, change)
    if (!element.ColumnDef) continue
    const read = addColumnDef(current, key, element.ColumnDef, change)
    current = read.catalog
    constraints.push(...read.constraints)
  }
  if (fields.partspec) {
    const table = current.tables.get(key) as Table
    current = putTable(current, key, { ...table, partitionedBy: partitionKey(fields.partspec, change) })
  }
  // Declared inline or in the list, PostgreSQL makes checks first, then keys with the primary one in front, then foreign keys.
  const of = (...kinds: string[]): PgNode[] => kinds.flatMap((kind) => inSourceOrder(constraints.filter((c) => c.contype === kind)))
  const keys = withoutRepeats(of('CONSTR_PRIMARY', 'CONSTR_UNIQUE'))
  for (const node of [...of('CONSTR_NOTNULL', 'CONSTR_CHECK'), ...keys, ...of('CONSTR_EXCLUSION', 'CONSTR_FOREIGN')]) {
    current = addConstraint(current, key, node, change, true)
  }
  for (const element of elements) if (element.TableLikeClause) current = likeIndexes(current, key, element.TableLikeClause)
  if (fields.partbound && parents[0] !== undefined) current = joinParent(current, key, parents[0])
  if (fields.ofTypename) return mark(current, key, change, 'the columns of a typed table are not followed')
  return current
}

/** Adds a ColumnDef without its constraints, which are handed back. */
export function addColumnDef(
  catalog: Catalog,
  key: TableName,
  def: PgNode,
  change: Change,
): { catalog: Catalog; constraints: readonly PgNode[] } {
  const table = catalog.tables.get(key)
  if (!table) return { catalog, constraints: [] }
  const { column, constraints, sequence, doubts } = readColumn(catalog, table, def, change)
  const twin = table.columns.find((c) => c.name === column.name)
  const columns = twin ? table.columns.map((c) => (c === twin ? merged(twin, column, def) : c)) : [...table.columns, column]
  let current = putTable(catalog, key, { ...table, columns })
  if (sequence !== undefined) current = ownSequence(current, key, sequence, column)
  for (const doubt of doubts) current = mark(current, key, change, doubt)
  return { catalog: current, constraints }
}

/** A column that a parent has too: declared again it is the table's own, and what it says wins. A partition names only what it adds. */
function merged({ inherited: _, ...above }: Column, own: Column, def: PgNode): Column {
  return def.typeName ? { ...above, ...own, notNull: above.notNull, ...(above.notNullConstraint && { notNullConstraint: above.notNullConstraint }) } : { ...above, ...own, type: above.type, notNull: above.notNull }
}

function emptyTable(fields: PgNode, parents: readonly TableName[], change: Change): Table {
  const { relpersistence } = fields.relation as PgNode
  return {
    schema: fields.relation.schemaname ?? DEFAULT_SCHEMA,
    name: fields.relation.relname,
    kind: fields.partbound ? 'partition' : fields.partspec ? 'partitioned' : parents.length > 0 ? 'inherited' : 'table',
    ...((relpersistence === 'u' || relpersistence === 't') && { persistence: relpersistence === 'u' ? 'unlogged' : 'temporary' }),
    ...(parents.length > 0 && { parents }),
    ...(fields.partbound && { bound: boundOf(fields.partbound, change) }),
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    policies: [],
  }
}

/** A table that is made anew is known again, whatever stood under its name. */
function forgotten(catalog: Catalog, key: TableName): Catalog {
  return { ...catalog, incomplete: without(catalog.incomplete, key) }
}

function inSourceOrder(nodes: readonly PgNode[]): PgNode[] {
  return nodes.toSorted((a, b) => ((a.location as number) ?? 0) - ((b.location as number) ?? 0))
}

/** PostgreSQL builds one index for two keys over the same columns of one CREATE TABLE; a name of either is the name of it. */
function withoutRepeats(keys: readonly PgNode[]): PgNode[] {
  const kept: PgNode[] = []
  for (const node of keys) {
    const twin = kept.findIndex((k) => sameKey(k, node))
    const first = kept[twin]
    if (!first) kept.push(node)
    else if (first.conname === undefined && node.conname !== undefined) kept[twin] = { ...first, conname: node.conname }
  }
  return kept
}

function sameKey(a: PgNode, b: PgNode): boolean {
  const parts = (node: PgNode): string =>
    JSON.stringify([strings(node.keys), strings(node.including), node.nulls_not_distinct === true, node.deferrable === true])
  return parts(a) === parts(b)
}

/** CREATE TABLE AS, SELECT INTO: the table's columns come from a query. */
export function createTableFromQuery(catalog: Catalog, into: PgNode, query: PgNode, change: Change): Catalog {
  const key = rangeKey(into.rel)
  if (catalog.tables.has(key)) return catalog
  const names = strings(into.colNames)
  const columns = columnsOfQuery(query, catalog)?.map((c, i) => ({ ...c, name: names[i] ?? c.name }))
  const made = putTable(forgotten(catalog, key), key, { ...emptyTable({ relation: into.rel }, [], change), columns: columns ?? [] })
  return columns ? made : mark(made, key, change, 'its columns come from a query, and what type each has can not be told')
}
