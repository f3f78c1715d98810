import type { Catalog, Index, Table, TableName } from '../catalog/catalog.ts'
import type { Change } from './change.ts'
import { type ColumnOf, columnRespelled } from './columns-in.ts'
import { mapSame, mapValues, mark, putTable, withEntry } from './edit.ts'
import { namesOfIndex } from './index-key.ts'
import { referrers } from './names.ts'
import { renameOwner } from './sequence.ts'
import { editIndex, editTexts } from './texts.ts'

/** The catalog with a column called otherwise: keys, indexes, expressions, views and sequences keep it by its identity, so their names of it follow. */
export function columnFollowed(catalog: Catalog, of: ColumnOf, to: string, change: Change): Catalog {
  const { table: key, name: from } = of
  const doubts: TableName[] = []
  const follow = (on: TableName, text: string): string => {
    const renamed = columnRespelled(catalog, text, on, of, to)
    if (renamed === undefined) doubts.push(on)
    return renamed ?? text
  }
  const inList = (names: readonly string[]): readonly string[] => mapSame(names, (name) => (name === from ? to : name))
  const own = catalog.tables.get(key)
  let current = catalog
  if (own) {
    const renamed = withColumnRenamed(
      editTexts(own, (text) => follow(key, text)),
      from,
      to,
      inList,
    )
    const indexes = mapSame(renamed.indexes, (index, i) =>
      index === own.indexes[i] ? index : { ...index, madeAs: namesOfIndex(own.indexes[i] as Index) },
    )
    current = putTable(catalog, key, { ...renamed, indexes })
  }
  for (const on of referrers(catalog.tables, key)) {
    const table = current.tables.get(on)
    if (!table) continue
    const constraints = mapSame(table.constraints, (c) => {
      if (c.references?.table !== key || !c.references.columns.includes(from)) return c
      return { ...c, references: { ...c.references, columns: inList(c.references.columns) } }
    })
    if (constraints !== table.constraints) current = putTable(current, on, { ...table, constraints })
  }
  // Policies of other tables may read this one.
  for (const [on, table] of current.tables) {
    if (on === key || table.policies.length === 0) continue
    const edited = editTexts({ ...table, columns: [], constraints: [], indexes: [], triggers: [] }, (text) => follow(on, text))
    if (edited.policies !== table.policies) current = putTable(current, on, { ...table, policies: edited.policies })
  }
  const followed = columnReadAs(renameOwner(current, key, from, to), of, inList)
  return doubts.reduce(
    (marked, on) => mark(marked, on, change, `an expression that names "${from}" could not be carried to its new name`),
    followed,
  )
}

function withColumnRenamed(table: Table, from: string, to: string, inList: (names: readonly string[]) => readonly string[]): Table {
  return {
    ...table,
    columns: mapSame(table.columns, (c) => (c.name === from ? { ...c, name: to } : c)),
    constraints: mapSame(table.constraints, (c) =>
      c.columns.includes(from) || c.references?.sets?.includes(from)
        ? {
            ...c,
            columns: inList(c.columns),
            ...(c.references?.sets && { references: { ...c.references, sets: inList(c.references.sets) } }),
          }
        : c,
    ),
    indexes: mapSame(table.indexes, (i) => {
      const keys = mapSame(i.keys, (k) => (k.column === from ? { ...k, column: to } : k))
      const include = inList(i.include)
      return keys === i.keys && include === i.include ? i : { ...i, keys, include }
    }),
    triggers: mapSame(table.triggers, (t) => (t.updateOf.includes(from) ? { ...t, updateOf: inList(t.updateOf) } : t)),
  }
}

/** Views keep a column by its place: their own columns keep their names. */
function columnReadAs(catalog: Catalog, of: ColumnOf, inList: (names: readonly string[]) => readonly string[]): Catalog {
  const views = mapValues(catalog.views, (view) => {
    const reads = mapSame(view.reads, (r) =>
      r.table === of.table && r.columns?.includes(of.name) ? { ...r, columns: inList(r.columns).toSorted() } : r,
    )
    return reads === view.reads ? view : { ...view, reads }
  })
  return views === catalog.views ? catalog : { ...catalog, views }
}

/** ALTER VIEW … RENAME COLUMN. */
export function renameViewColumn(catalog: Catalog, key: TableName, from: string, to: string): Catalog {
  const view = catalog.views.get(key)
  if (!view) return catalog
  const inList = (names: readonly string[]): readonly string[] => mapSame(names, (name) => (name === from ? to : name))
  const inText = (text: string): string => columnRespelled(catalog, text, key, { table: key, name: from }, to) ?? text
  const indexes = mapSame(view.indexes, (i) => {
    const index = editIndex(i, inText)
    return { ...index, keys: index.keys.map((k) => (k.column === from ? { ...k, column: to } : k)), include: inList(index.include) }
  })
  const renamed = { ...view, ...(view.columns && { columns: inList(view.columns) }), indexes }
  return columnReadAs({ ...catalog, views: withEntry(catalog.views, key, renamed) }, { table: key, name: from }, inList)
}
