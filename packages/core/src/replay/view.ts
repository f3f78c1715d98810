import type { Catalog, TableName, View } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { rangeKey, strings } from '../relation.ts'
import type { Change, Handler } from './change.ts'
import { createTableFromQuery } from './create-table.ts'
import { mark, markUnknown, withEntry, without } from './edit.ts'
import { isSystem } from './tables-named.ts'
import { readingOf } from './view-reads.ts'

/** CREATE VIEW. A temporary one ends with the session. */
export const createView: Handler = (catalog, fields, change) => {
  if (fields.view.relpersistence === 't') return catalog
  return addView(catalog, rangeKey(fields.view), { query: fields.query, aliases: strings(fields.aliases), materialized: false }, change)
}

/** CREATE TABLE AS and CREATE MATERIALIZED VIEW. */
export const createFromQuery: Handler = (catalog, fields, change) => {
  const into = fields.into.rel as PgNode
  if (fields.objtype !== 'OBJECT_MATVIEW') return createTableFromQuery(catalog, fields.into, fields.query, change)
  const key = rangeKey(into)
  if (catalog.views.has(key) && fields.if_not_exists) return catalog
  return addView(catalog, key, { query: fields.query, aliases: strings(fields.into.colNames), materialized: true }, change)
}

interface Definition {
  readonly query: PgNode
  readonly aliases: readonly string[]
  readonly materialized: boolean
}

function addView(catalog: Catalog, key: TableName, { query, aliases, materialized }: Definition, change: Change): Catalog {
  const reading = readingOf(query, catalog)
  const reads = reading.reads.filter(({ table }) => catalog.tables.has(table) || catalog.views.has(table) || !isSystem(table))
  const columns = reading.columns?.map((name, i) => aliases[i] ?? name)
  const view: View = { materialized, reads, ...(columns && { columns }), indexes: [] }
  const added: Catalog = { ...catalog, views: withEntry(catalog.views, key, view), incomplete: without(catalog.incomplete, key) }
  const unknown = reads.map((r) => r.table).filter((table) => !catalog.tables.has(table) && !catalog.views.has(table))
  return unknown.reduce((current, table) => markUnknown(current, table, change), added)
}

/** Drops views. By CASCADE those that read them go too; without, PostgreSQL would have refused, so the picture is wrong. */
export function dropViews(catalog: Catalog, keys: readonly TableName[], change: Change, cascade: boolean): Catalog {
  const dropped: Catalog = { ...catalog, views: without(catalog.views, ...keys) }
  return dropReaders(dropped, (read) => keys.includes(read), change, cascade)
}

/** What becomes of the views that read something which goes: a table, a view, or one column of it. */
export function dropReaders(catalog: Catalog, goes: (table: TableName, columns: readonly string[] | undefined) => boolean, change: Change, cascade: boolean): Catalog {
  const readers = [...catalog.views].filter(([, view]) => view.reads.some((r) => goes(r.table, r.columns))).map(([key]) => key)
  if (readers.length === 0) return catalog
  if (cascade) return dropViews(catalog, readers, change, true)
  return readers.reduce((current, key) => mark(current, key, change, 'it reads what is dropped here'), catalog)
}
