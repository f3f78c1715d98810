import type { Catalog, Table, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { DEFAULT_SCHEMA, displayTable, rangeKey, strings } from '../relation.ts'
import type { Change, Handler } from './change.ts'
import { readColumn } from './column.ts'
import { addConstraint } from './constraint.ts'
import { mark, putTable, without } from './edit.ts'

/** CREATE TABLE. */
export const createTable: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  if (fields.relation.relpersistence === 't') return temporary(catalog, key, change)
  if (catalog.tables.has(key)) {
    return fields.if_not_exists ? catalog : mark(catalog, key, change, 'the table is created while it stands already')
  }
  const elements = (fields.tableElts ?? []) as PgNode[]
  const columns = elements.filter((e) => e.ColumnDef).map((e) => e.ColumnDef as PgNode)
  const constraints = elements.filter((e) => e.Constraint).map((e) => e.Constraint as PgNode)
  let current = putTable(forgotten(catalog, key), key, emptyTable(fields))
  for (const element of elements) if (element.TableLikeClause) current = like(current, key, element.TableLikeClause, change)
  for (const parent of (fields.inhRelations ?? []) as PgNode[]) current = inherit(current, key, parent.RangeVar, change)
  for (const def of columns) {
    const read = addColumnDef(current, key, def, change)
    current = read.catalog
    constraints.push(...read.constraints)
  }
  // Declared inline or in the list, PostgreSQL makes checks first, then keys with the primary one in front, then foreign keys.
  const of = (...kinds: string[]): PgNode[] => kinds.flatMap((kind) => inSourceOrder(constraints.filter((c) => c.contype === kind)))
  const keys = withoutRepeats(of('CONSTR_PRIMARY', 'CONSTR_UNIQUE'))
  for (const node of [...of('CONSTR_NOTNULL', 'CONSTR_CHECK'), ...keys, ...of('CONSTR_EXCLUSION', 'CONSTR_FOREIGN')]) {
    current = addConstraint(current, key, node, change, true)
  }
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
  const { column, constraints, doubts } = readColumn(catalog, table, def, change)
  const merged = table.columns.some((c) => c.name === column.name)
  const columns = merged ? table.columns.map((c) => (c.name === column.name ? column : c)) : [...table.columns, column]
  let current = putTable(catalog, key, { ...table, columns })
  for (const doubt of doubts) current = mark(current, key, change, doubt)
  return { catalog: current, constraints }
}

function emptyTable(fields: PgNode): Table {
  const inherits = (fields.inhRelations ?? []).length > 0
  return {
    schema: fields.relation.schemaname ?? DEFAULT_SCHEMA,
    name: fields.relation.relname,
    kind: fields.partbound ? 'partition' : fields.partspec ? 'partitioned' : inherits ? 'inherited' : 'table',
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

function temporary(catalog: Catalog, key: TableName, change: Change): Catalog {
  const hides = catalog.tables.has(key)
  return hides ? mark(catalog, key, change, 'a temporary table of the same name hides the table') : catalog
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

/** LIKE copies names, types and NOT NULL; what INCLUDING adds is not followed. */
function like(catalog: Catalog, key: TableName, clause: PgNode, change: Change): Catalog {
  const table = catalog.tables.get(key)
  const source = catalog.tables.get(rangeKey(clause.relation))
  if (!table || !source) return mark(catalog, key, change, `LIKE names ${displayTable(rangeKey(clause.relation))}, which is not known`)
  const columns = source.columns.map(({ name, type, notNull, collation }) => ({
    name,
    type,
    notNull,
    ...(collation !== undefined && { collation }),
  }))
  const copied = putTable(catalog, key, { ...table, columns: [...table.columns, ...columns] })
  return clause.options ? mark(copied, key, change, 'what LIKE … INCLUDING copies is not followed') : copied
}

/** A partition or an inheriting table has its parent's columns; what else it has, and what later changes of the parent do to it, is not followed. */
function inherit(catalog: Catalog, key: TableName, parent: PgNode, change: Change): Catalog {
  const table = catalog.tables.get(key)
  const from = catalog.tables.get(rangeKey(parent))
  const columns = (from?.columns ?? []).filter((c) => !table?.columns.some((own) => own.name === c.name))
  const inherited = table ? putTable(catalog, key, { ...table, columns: [...table.columns, ...columns] }) : catalog
  return mark(inherited, key, change, `what the table has from ${displayTable(rangeKey(parent))} is not followed`)
}

/** CREATE TABLE AS, SELECT INTO: the table's columns come from a query. */
export function createTableFromQuery(catalog: Catalog, range: PgNode, change: Change): Catalog {
  const key = rangeKey(range)
  if (range.relpersistence === 't') return temporary(catalog, key, change)
  if (catalog.tables.has(key)) return catalog
  return mark(putTable(forgotten(catalog, key), key, emptyTable({ relation: range })), key, change, 'its columns come from a query')
}
