import { type Catalog, column as findColumn, type Index, type IndexKey, type Table } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { rangeKey, splitKey } from '../relation.ts'
import type { Statement } from '../statement.ts'
import type { Change, Handler } from './change.ts'
import { mark, markUnknown, putTable, withEntry } from './edit.ts'
import { columnKeys, readKeys } from './index-key.ts'
import { tableOfIndex } from './names.ts'
import { joinedColumns, relationName, viewWithIndex } from './object-name.ts'
import { indexPartitions } from './partition.ts'
import { expressionFrom, find, sourceOf } from './slice.ts'

/** CREATE INDEX, on a table or a materialized view. */
export const createIndex: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  const table = catalog.tables.get(key)
  const view = catalog.views.get(key)
  if (!table && !view) return markUnknown(catalog, key, change)
  const [schema, name] = splitKey(key)
  if (fields.idxname !== undefined && isTaken(catalog, schema, fields.idxname)) {
    return fields.if_not_exists ? catalog : mark(catalog, key, change, `the index "${fields.idxname}" stands already`)
  }
  const index = indexOf(catalog, { schema, name }, fields, change)
  if (!index) return mark(catalog, key, change, 'the expressions of an index could not be read')
  if (view) return { ...catalog, views: withEntry(catalog.views, key, { ...view, indexes: [...view.indexes, index] }) }
  if (!table) return catalog
  const named = [...index.keys.flatMap((k) => (k.column === undefined ? [] : [k.column])), ...index.include]
  const missing = named.find((column) => !findColumn(table, column))
  if (missing !== undefined) return mark(catalog, key, change, `an index names the column "${missing}", which is not known`)
  const added = putTable(catalog, key, { ...table, indexes: [...table.indexes, index] })
  return fields.relation.inh === false ? added : indexPartitions(added, key, index)
}

function isTaken(catalog: Catalog, schema: string, name: string): boolean {
  return tableOfIndex(catalog.tables, schema, name) !== undefined || viewWithIndex(catalog, schema, name) !== undefined
}

function indexOf(catalog: Catalog, owner: Pick<Table, 'schema' | 'name'>, fields: PgNode, change: Change): Index | undefined {
  const elements = ((fields.indexParams ?? []) as PgNode[]).map((p) => p.IndexElem as PgNode)
  const include = ((fields.indexIncludingParams ?? []) as PgNode[]).map((p) => p.IndexElem.name as string)
  const keys = columnKeys(elements) ?? expressionKeys(change.statement, elements)
  const where = fields.whereClause && predicate(change.statement, fields.whereClause)
  if (!keys || (fields.whereClause && where === undefined)) return undefined
  return {
    name: fields.idxname ?? relationName(catalog, owner, joinedColumns(distinct([...elements.map(keyName), ...include])), 'idx', false),
    unique: fields.unique === true,
    method: fields.accessMethod ?? 'btree',
    keys,
    include,
    ...(where !== undefined && { where }),
    nullsNotDistinct: fields.nulls_not_distinct === true,
    valid: true,
  }
}

function expressionKeys(statement: Statement, elements: readonly PgNode[]): readonly IndexKey[] | undefined {
  const source = sourceOf(statement)
  return readKeys(source, find(source, '('), elements)
}

function predicate(statement: Statement, node: PgNode): string | undefined {
  const source = sourceOf(statement)
  return expressionFrom(source, find(source, 'WHERE', find(source, '(')) + 1, node)
}

/** Equal names are numbered, as PostgreSQL numbers the columns of an index. */
function distinct(names: readonly string[]): string[] {
  const taken: string[] = []
  for (const name of names) {
    let free = name
    for (let i = 1; taken.includes(free); i++) free = `${name}${i}`
    taken.push(free)
  }
  return taken
}

/** What a key is called in the name of an index: its column, else its outermost function, else `expr`. */
function keyName(element: PgNode): string {
  return element.name ?? functionName(element.expr) ?? 'expr'
}

function functionName(node: PgNode | undefined): string | undefined {
  if (!node) return undefined
  if (node.FuncCall) return (node.FuncCall.funcname as PgNode[]).at(-1)?.String?.sval
  if (node.TypeCast) return functionName(node.TypeCast.arg) ?? (node.TypeCast.typeName?.names as PgNode[] | undefined)?.at(-1)?.String?.sval
  if (node.CaseExpr) return functionName(node.CaseExpr.defresult) ?? 'case'
  if (node.CoalesceExpr) return 'coalesce'
  if (node.MinMaxExpr) return node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest'
  if (node.ColumnRef) return (node.ColumnRef.fields as PgNode[]).at(-1)?.String?.sval
  return node.CollateClause ? functionName(node.CollateClause.arg) : undefined
}
