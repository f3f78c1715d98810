import { column, type Index, type IndexKey } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { rangeKey } from '../relation.ts'
import type { Statement } from '../statement.ts'
import type { Handler } from './change.ts'
import { mark, markUnknown, putTable } from './edit.ts'
import { columnKeys, readKeys } from './index-key.ts'
import { joinedColumns, relationName } from './object-name.ts'
import { expressionFrom, find, sourceOf } from './slice.ts'

/** CREATE INDEX. */
export const createIndex: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  const table = catalog.tables.get(key)
  // An index of a materialized view is no business of any table.
  if (!table) return catalog.views.has(key) ? catalog : markUnknown(catalog, key, change)
  const taken = [...catalog.tables.values()].some((t) => t.schema === table.schema && t.indexes.some((i) => i.name === fields.idxname))
  if (taken) return fields.if_not_exists ? catalog : mark(catalog, key, change, `the index "${fields.idxname}" stands already`)
  const elements = ((fields.indexParams ?? []) as PgNode[]).map((p) => p.IndexElem as PgNode)
  const include = ((fields.indexIncludingParams ?? []) as PgNode[]).map((p) => p.IndexElem.name as string)
  const keys = columnKeys(elements) ?? expressionKeys(change.statement, elements)
  const where = fields.whereClause && predicate(change.statement, fields.whereClause)
  if (!keys || (fields.whereClause && where === undefined))
    return mark(catalog, key, change, 'the expressions of an index could not be read')
  const missing = [...keys.flatMap((k) => (k.column === undefined ? [] : [k.column])), ...include].find((name) => !column(table, name))
  if (missing !== undefined) return mark(catalog, key, change, `an index names the column "${missing}", which is not known`)
  const index: Index = {
    name: fields.idxname ?? relationName(catalog, table, joinedColumns(distinct([...elements.map(keyName), ...include])), 'idx', false),
    unique: fields.unique === true,
    method: fields.accessMethod ?? 'btree',
    keys,
    include,
    ...(where !== undefined && { where }),
    nullsNotDistinct: fields.nulls_not_distinct === true,
    valid: true,
  }
  return putTable(catalog, key, { ...table, indexes: [...table.indexes, index] })
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
