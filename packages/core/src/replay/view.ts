import type { Catalog, TableName, View } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { rangeKey, splitKey, strings } from '../sql/relation.ts'
import type { Change, Handler } from './change.ts'
import { createTableFromQuery } from './create-table.ts'
import { mark, markUnknown, withEntry, without } from './edit.ts'
import { lookupIn } from './lookup.ts'
import { usedNames } from './names-in.ts'
import { hasRelation } from './object-name.ts'
import { isSystem } from './tables-named.ts'
import { readingOf } from './view-reads.ts'

/** CREATE VIEW. A temporary one ends with the session. */
export const createView: Handler = (catalog, fields, change) => {
  if (fields.view.relpersistence === 't') return catalog
  const key = rangeKey(fields.view)
  const isTaken = fields.replace ? catalog.tables.has(key) : hasRelation(catalog, ...splitKey(key))
  if (isTaken) return mark(catalog, key, change, 'something of that name stands already')
  return addView(catalog, key, { query: fields.query, aliases: strings(fields.aliases), materialized: false }, change)
}

/** CREATE TABLE AS and CREATE MATERIALIZED VIEW. */
export const createFromQuery: Handler = (catalog, fields, change) => {
  const into = fields.into.rel as PgNode
  if (fields.objtype !== 'OBJECT_MATVIEW') return createTableFromQuery(catalog, fields.into, fields.query, change)
  const key = rangeKey(into)
  if (hasRelation(catalog, ...splitKey(key)))
    return fields.if_not_exists ? catalog : mark(catalog, key, change, 'something of that name stands already')
  return addView(catalog, key, { query: fields.query, aliases: strings(fields.into.colNames), materialized: true }, change)
}

interface Definition {
  readonly query: PgNode
  readonly aliases: readonly string[]
  readonly materialized: boolean
}

function addView(catalog: Catalog, key: TableName, { query, aliases, materialized }: Definition, change: Change): Catalog {
  const reading = readingOf(query, catalog)
  const reads = reading.reads
    .filter(({ table }) => catalog.tables.has(table) || catalog.views.has(table) || !isSystem(table))
    .filter(({ table }) => !catalog.sequences.has(table))
  // A view over a temporary table is temporary.
  if (reads.some(({ table }) => catalog.tables.get(table)?.persistence === 'temporary')) return catalog
  const columns = reading.columns?.map((name, i) => aliases[i] ?? name)
  const lookup = lookupIn(catalog)
  const uses = usedNames(query, (name) => lookup.routine(name) === 'own')
  const view: View = { materialized, reads, ...(columns && { columns }), ...(uses.length > 0 && { uses }), indexes: [] }
  const added: Catalog = { ...catalog, views: withEntry(catalog.views, key, view), incomplete: without(catalog.incomplete, key) }
  const unknown = reads.map((r) => r.table).filter((table) => !catalog.tables.has(table) && !catalog.views.has(table))
  return unknown.reduce((current, table) => markUnknown(current, table, change), added)
}

/** Drops views. By CASCADE those that read them go too; without, PostgreSQL would have refused, so the picture is wrong. */
export function dropViews(catalog: Catalog, keys: readonly TableName[], change: Change, cascade: boolean): Catalog {
  const dropped: Catalog = {
    ...catalog,
    views: without(catalog.views, ...keys),
    incomplete: without(catalog.incomplete, ...keys.filter((key) => catalog.views.has(key))),
  }
  return dropReaders(dropped, (read) => keys.includes(read), change, cascade)
}

/** What becomes of the views that read something which goes: a table, a view, or one column of it. */
export function dropReaders(
  catalog: Catalog,
  goes: (table: TableName, columns: readonly string[] | undefined) => boolean,
  change: Change,
  cascade: boolean,
): Catalog {
  const surely = readersOf(catalog, (table, columns) => goes(table, columns ?? []))
  // Where it is not known which columns a view reads, it may read the one that goes: PostgreSQL has let it go, so only CASCADE leaves a doubt.
  const perhaps = cascade
    ? readersOf(catalog, (table, columns) => columns === undefined && goes(table, undefined)).filter((key) => !surely.includes(key))
    : []
  const doubtful = perhaps.reduce(
    (current, key) => mark(current, key, change, 'it may read what is dropped here, and fall with it'),
    catalog,
  )
  if (surely.length === 0) return doubtful
  if (cascade) return dropViews(doubtful, surely, change, true)
  return surely.reduce((current, key) => mark(current, key, change, 'it reads what is dropped here'), doubtful)
}

function readersOf(catalog: Catalog, reads: (table: TableName, columns: readonly string[] | undefined) => boolean): TableName[] {
  if (catalog.views.size === 0) return []
  return [...catalog.views].filter(([, view]) => view.reads.some((r) => reads(r.table, r.columns))).map(([key]) => key)
}
