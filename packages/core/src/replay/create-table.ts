import type { Catalog, Table, TableName, TypeName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { DEFAULT_SCHEMA, rangeKey, splitKey, strings } from '../sql/relation.ts'
import { typeName } from '../sql/type-name.ts'
import { calledByRows } from './calls.ts'
import type { Change, Handler } from './change.ts'
import { readColumn, withColumn } from './column.ts'
import { addConstraint } from './constraint.ts'
import { mark, putTable, without } from './edit.ts'
import { inherit, inheritNotNulls } from './inherit.ts'
import { like, likeConstraints, likeNotNulls } from './like.ts'
import { type NewNotNull, newNotNulls } from './not-null.ts'
import { hasRelation } from './object-name.ts'
import { boundOf, joinParent, partitionKey } from './partition.ts'
import { columnsOfQuery } from './query-columns.ts'
import { ownSequence } from './sequence.ts'

/** CREATE TABLE. */
export const createTable: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  const [schema, name] = splitKey(key)
  // Tables, views, sequences, indexes and composite types have one set of names.
  if (hasRelation(catalog, schema, name))
    return fields.if_not_exists
      ? catalog
      : mark(catalog, key, change, `the table is created while ${catalog.tables.has(key) ? 'it stands' : 'its name is taken'} already`)
  const elements = (fields.tableElts ?? []) as PgNode[]
  const likes = elements.flatMap((e) => (e.TableLikeClause ? [e.TableLikeClause as PgNode] : []))
  const parents = ((fields.inhRelations ?? []) as PgNode[]).map((p) => rangeKey(p.RangeVar))
  const constraints = elements.filter((e) => e.Constraint).map((e) => e.Constraint as PgNode)
  const known = parents.filter((parent) => catalog.tables.has(parent))
  let current = putTable(forgotten(catalog, key), key, emptyTable(fields, known, change))
  for (const parent of parents) current = inherit(current, key, parent, change)
  if (fields.ofTypename) current = typed(current, key, typeName(fields.ofTypename), change)
  for (const run of runsOf(elements)) {
    const clause = run[0]?.TableLikeClause as PgNode | undefined
    if (clause) {
      constraints.push(...likeNotNulls(current, clause))
      current = like(current, key, clause, change)
    } else {
      const read = addColumnDefs(
        current,
        key,
        run.map((e) => e.ColumnDef as PgNode),
        change,
      )
      current = read.catalog
      constraints.push(...read.constraints)
    }
  }
  // Declared inline or in the list, PostgreSQL makes checks first, then NOT NULLs, then keys with the primary one in front, then foreign keys.
  const of = (kind: string): readonly PgNode[] => inSourceOrder(constraints.filter((c) => c.contype === kind))
  const add = (nodes: readonly PgNode[]): void => {
    for (const node of nodes) current = addConstraint(current, key, node, change, { creating: true })
  }
  add(of('CONSTR_CHECK'))
  const keys = withoutRepeats([...of('CONSTR_PRIMARY'), ...of('CONSTR_UNIQUE')])
  const ofKey = keys.filter((k) => k.contype === 'CONSTR_PRIMARY').flatMap((k) => strings(k.keys).map((column) => ({ column })))
  current = newNotNulls(current, key, [...namedOnce(of('CONSTR_NOTNULL')), ...ofKey])
  if (parents.length > 0) current = inheritNotNulls(current, key)
  if (fields.partbound && known[0] !== undefined) current = joinParent(current, key, known[0])
  if (fields.partspec) {
    const table = current.tables.get(key) as Table
    current = putTable(current, key, { ...table, partitionedBy: partitionKey(fields.partspec, change) })
  }
  add([...keys, ...of('CONSTR_EXCLUSION')])
  for (const clause of likes) current = likeConstraints(current, key, clause)
  add(of('CONSTR_FOREIGN'))
  return current
}

/** The columns of a typed table are the attributes of its type. */
function typed(catalog: Catalog, key: TableName, type: TypeName, change: Change): Catalog {
  const attributes = catalog.composites.get(type)
  const table = catalog.tables.get(key) as Table
  if (!attributes) return mark(catalog, key, change, `the type ${type} of the table is not known`)
  return putTable(catalog, key, {
    ...table,
    ofType: type,
    columns: attributes.map(({ name, type: of }) => ({ name, type: of, notNull: false })),
  })
}

/** NOT NULL said twice of one column is one constraint; a name behind either is its name. */
function namedOnce(nodes: readonly PgNode[]): NewNotNull[] {
  const kept = new Map<string, NewNotNull>()
  for (const { keys, conname, is_no_inherit } of nodes) {
    const column = keys[0].String.sval as string
    const first = kept.get(column)
    kept.set(column, { column, name: first?.name ?? conname, noInherit: first?.noInherit === true || is_no_inherit === true })
  }
  return [...kept.values()]
}

/** Columns that follow one another, so that the table is put once for all of them, and LIKE clauses, each alone. */
function runsOf(elements: readonly PgNode[]): PgNode[][] {
  const runs: PgNode[][] = []
  for (const element of elements) {
    if (element.TableLikeClause) runs.push([element])
    else if (element.ColumnDef) {
      if (runs.at(-1)?.[0]?.ColumnDef) runs.at(-1)?.push(element)
      else runs.push([element])
    }
  }
  return runs
}

/** Adds ColumnDefs without their constraints, which are handed back. */
export function addColumnDefs(
  catalog: Catalog,
  key: TableName,
  defs: readonly PgNode[],
  change: Change,
): { catalog: Catalog; constraints: readonly PgNode[] } {
  let table = catalog.tables.get(key)
  if (!table) return { catalog, constraints: [] }
  let current = catalog
  const all: PgNode[] = []
  for (const def of defs) {
    const { column, constraints, sequence, doubts } = readColumn(current, table, def, change)
    table = withColumn(table, column)
    all.push(...constraints)
    if (sequence !== undefined) current = ownSequence(current, key, sequence, column)
    for (const doubt of doubts) current = mark(current, key, change, doubt)
  }
  return { catalog: calledByRows(putTable(current, key, table), defs, change), constraints: all }
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
  return catalog.incomplete.has(key) ? { ...catalog, incomplete: without(catalog.incomplete, key) } : catalog
}

function inSourceOrder(nodes: readonly PgNode[]): readonly PgNode[] {
  return nodes.length < 2 ? nodes : nodes.toSorted((a, b) => ((a.location as number) ?? 0) - ((b.location as number) ?? 0))
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
  const [schema, name] = splitKey(key)
  if (hasRelation(catalog, schema, name)) return catalog
  const names = strings(into.colNames)
  const columns = columnsOfQuery(query, catalog)?.map((c, i) => ({ ...c, name: names[i] ?? c.name }))
  const made = putTable(forgotten(catalog, key), key, { ...emptyTable({ relation: into.rel }, [], change), columns: columns ?? [] })
  return columns ? made : mark(made, key, change, 'its columns come from a query, and what type each has can not be told')
}
