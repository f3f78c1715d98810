import { type Catalog, type Column, column as findColumn, type Index, type IndexKey, type Table } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { rangeKey, splitKey } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import type { Change, Handler } from './change.ts'
import { mark, markUnknown, putTable, withEntry } from './edit.ts'
import { columnKeys, indexColumnNames, readKeys } from './index-key.ts'
import { hasRelation, joinedColumns, relationName } from './object-name.ts'
import { hasPartitions, indexPartitions } from './partition-index.ts'
import { expressionFrom, find, sourceOf } from './slice.ts'

type Owner = Pick<Table, 'schema' | 'name' | 'columns'>

/** CREATE INDEX, on a table or a materialized view. */
export const createIndex: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  const table = catalog.tables.get(key)
  const view = catalog.views.get(key)
  if (!table && !view) return markUnknown(catalog, key, change)
  const [schema, name] = splitKey(key)
  if (fields.idxname !== undefined && hasRelation(catalog, schema, fields.idxname)) {
    return fields.if_not_exists ? catalog : mark(catalog, key, change, `the index "${fields.idxname}" stands already`)
  }
  const index = indexOf(catalog, { schema, name, columns: table?.columns ?? [] }, fields, change)
  if (!index) return mark(catalog, key, change, 'the expressions of an index could not be read')
  if (view) return { ...catalog, views: withEntry(catalog.views, key, { ...view, indexes: [...view.indexes, index] }) }
  if (!table) return catalog
  const named = [...index.keys.flatMap((k) => (k.column === undefined ? [] : [k.column])), ...index.include]
  const missing = named.find((column) => !findColumn(table, column))
  if (missing !== undefined) return mark(catalog, key, change, `an index names the column "${missing}", which is not known`)
  const added = putTable(catalog, key, { ...table, indexes: [...table.indexes, index] })
  return fields.relation.inh === true ? indexPartitions(added, key, index) : added
}

function indexOf(catalog: Catalog, owner: Owner, fields: PgNode, change: Change): Index | undefined {
  const elements = ((fields.indexParams ?? []) as PgNode[]).map((p) => p.IndexElem as PgNode)
  const include = ((fields.indexIncludingParams ?? []) as PgNode[]).map((p) => p.IndexElem.name as string)
  const keys = columnKeys(elements, owner.columns) ?? expressionKeys(change.statement, elements, owner.columns)
  const where = fields.whereClause && predicate(change.statement, fields.whereClause)
  if (!keys || (fields.whereClause && where === undefined)) return undefined
  return {
    name: fields.idxname ?? relationName(catalog, owner, joinedColumns(indexColumnNames(elements, include)), 'idx', false),
    unique: fields.unique === true,
    method: fields.accessMethod ?? 'btree',
    keys,
    include,
    ...(where !== undefined && { where }),
    nullsNotDistinct: fields.nulls_not_distinct === true,
    // On a partitioned table alone it waits for an index on each partition.
    valid: fields.relation.inh === true || !hasPartitions(catalog, rangeKey(fields.relation)),
  }
}

function expressionKeys(statement: Statement, elements: readonly PgNode[], columns: readonly Column[]): readonly IndexKey[] | undefined {
  const source = sourceOf(statement)
  return readKeys(source, find(source, '('), elements, columns)
}

function predicate(statement: Statement, node: PgNode): string | undefined {
  const source = sourceOf(statement)
  return expressionFrom(source, find(source, 'WHERE', find(source, '(')) + 1, node)
}
