import { type Catalog, EVERYTHING, type Table, type TableName } from '../catalog/catalog.ts'
import { LayeredMap } from '../catalog/layered-map.ts'
import { displayTable } from '../sql/relation.ts'
import type { Change } from './change.ts'
import { childrenOf, namesFollow } from './names.ts'

/** The map with one entry put in or replaced. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return LayeredMap.over(map).with(key, value)
}

/** The map without some keys. */
export function without<K, V>(map: ReadonlyMap<K, V>, ...keys: readonly K[]): ReadonlyMap<K, V> {
  return keys.some((key) => map.has(key)) ? keys.reduce((rest, key) => rest.without(key), LayeredMap.over(map)) : map
}

/** The map with what stood under one key under another. */
export function rekeyed<V>(map: ReadonlyMap<string, V>, from: string, to: string): ReadonlyMap<string, V> {
  const value = map.get(from)
  return value === undefined || from === to ? map : LayeredMap.over(map).without(from).with(to, value)
}

/** The map with every value passed through `edit`; the same map where none changed. */
export function mapValues<K, V>(map: ReadonlyMap<K, V>, edit: (value: V, key: K) => V): ReadonlyMap<K, V> {
  let changed: LayeredMap<K, V> | undefined
  for (const [key, value] of map) {
    const edited = edit(value, key)
    if (edited !== value) changed = (changed ?? LayeredMap.over(map)).with(key, edited)
  }
  return changed ?? map
}

/** The catalog with one table put in or replaced. */
export function putTable(catalog: Catalog, key: TableName, table: Table): Catalog {
  const tables = withEntry(catalog.tables, key, table)
  namesFollow(catalog.tables, tables, key, catalog.tables.get(key), table)
  return { ...catalog, tables }
}

/** The catalog without a table. What points at it stays as it is. */
export function removeTable(catalog: Catalog, key: TableName): Catalog {
  const table = catalog.tables.get(key)
  if (!table) return catalog
  const tables = without(catalog.tables, key)
  namesFollow(catalog.tables, tables, key, table, undefined)
  return { ...catalog, tables }
}

/** Says that the picture of a table can't be relied on from here. The first reason stays. */
export function mark(catalog: Catalog, key: TableName, change: Change, reason: string): Catalog {
  if (catalog.incomplete.has(key)) return catalog
  const why = { since: change.migration, reason: `line ${change.statement.line}: ${reason}`, line: change.statement.line }
  return { ...catalog, incomplete: withEntry(catalog.incomplete, key, why) }
}

/** Says it of a table and of all that inherit from it. */
export function markTree(catalog: Catalog, key: TableName, change: Change, reason: string): Catalog {
  return childrenOf(catalog.tables, key).reduce(
    (current, child) => markTree(current, child, change, reason),
    mark(catalog, key, change, reason),
  )
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
  let current = catalog
  for (const [key, table] of catalog.tables) {
    const edited = edit(table, key)
    if (edited !== table) current = putTable(current, key, edited)
  }
  return current
}

/** The list with every item passed through `edit`; the same list where no item changed. */
export function mapSame<T>(list: readonly T[], edit: (item: T, index: number) => T): readonly T[] {
  const edited = list.map(edit)
  return edited.some((item, i) => item !== list[i]) ? edited : list
}
