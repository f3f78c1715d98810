import type { Catalog, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { rangeKey } from '../relation.ts'
import type { Change, Handler } from './change.ts'
import { createTableFromQuery } from './create-table.ts'
import { markUnknown } from './edit.ts'
import { tablesRead } from './tables-named.ts'

/** CREATE VIEW. */
export const createView: Handler = (catalog, fields, change) => addView(catalog, rangeKey(fields.view), fields.query, change)

/** CREATE TABLE AS and CREATE MATERIALIZED VIEW. */
export const createFromQuery: Handler = (catalog, fields, change) => {
  const into = fields.into.rel as PgNode
  if (fields.objtype !== 'OBJECT_MATVIEW') return createTableFromQuery(catalog, into, change)
  const key = rangeKey(into)
  return catalog.views.has(key) && fields.if_not_exists ? catalog : addView(catalog, key, fields.query, change)
}

function addView(catalog: Catalog, key: TableName, query: PgNode, change: Change): Catalog {
  const reads = tablesRead(query, catalog)
  const added: Catalog = { ...catalog, views: new Map(catalog.views).set(key, { materialized: false, reads: reads.map((table) => ({ table })), indexes: [] }) }
  return reads.filter((table) => !catalog.tables.has(table)).reduce((current, table) => markUnknown(current, table, change), added)
}
