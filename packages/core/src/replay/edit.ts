import { type Catalog, EVERYTHING, type Table, type TableName } from '../catalog/catalog.ts'
import { displayTable } from '../relation.ts'
import type { Change } from './change.ts'

/** The catalog with one table put in or replaced. */
export function putTable(catalog: Catalog, key: TableName, table: Table): Catalog {
  return { ...catalog, tables: new Map(catalog.tables).set(key, table) }
}

/** The map without some keys. */
export function without<K, V>(map: ReadonlyMap<K, V>, ...keys: readonly K[]): ReadonlyMap<K, V> {
  if (!keys.some((key) => map.has(key))) return map
  const rest = new Map(map)
  for (const key of keys) rest.delete(key)
  return rest
}

/** Says that the picture of a table can't be relied on from here. The first reason stays. */
export function mark(catalog: Catalog, key: TableName, change: Change, reason: string): Catalog {
  if (catalog.incomplete.has(key)) return catalog
  const incomplete = new Map(catalog.incomplete).set(key, { since: change.migration, reason: `line ${change.statement.line}: ${reason}` })
  return { ...catalog, incomplete }
}

/** Says that any table may differ from its picture from here. */
export function markEverything(catalog: Catalog, change: Change, reason: string): Catalog {
  return mark(catalog, EVERYTHING, change, reason)
}

/** Edits a table; one that the history has not made is marked. `edit` may return the same table for "nothing to do". */
export function editTable(catalog: Catalog, key: TableName, change: Change, edit: (table: Table) => Table): Catalog {
  const table = catalog.tables.get(key)
  if (!table) return markUnknown(catalog, key, change)
  const edited = edit(table)
  return edited === table ? catalog : putTable(catalog, key, edited)
}

/** The mark for a table that a statement changes and no statement before it makes. */
export function markUnknown(catalog: Catalog, key: TableName, change: Change): Catalog {
  return mark(catalog, key, change, `no statement before this one creates the table ${displayTable(key)}`)
}

/** Edits every table for which `edit` gives another value than it got. */
export function editTables(catalog: Catalog, edit: (table: Table, key: TableName) => Table): Catalog {
  let tables: Map<TableName, Table> | undefined
  for (const [key, table] of catalog.tables) {
    const edited = edit(table, key)
    if (edited === table) continue
    tables ??= new Map(catalog.tables)
    tables.set(key, edited)
  }
  return tables ? { ...catalog, tables } : catalog
}

/** The list with every item passed through `edit`; the same list where no item changed. */
export function mapSame<T>(list: readonly T[], edit: (item: T) => T): readonly T[] {
  const edited = list.map(edit)
  return edited.some((item, i) => item !== list[i]) ? edited : list
}
