import type { Catalog, TableName, View } from '../catalog/catalog.ts'
import { tableKey } from '../relation.ts'
import { editTables, mapSame, mapValues, putTable, rekeyed, removeTable } from './edit.ts'
import { moveOwners } from './sequence.ts'

/** The catalog with a table under another schema or name; what points at it follows, as PostgreSQL keeps tables by identity. */
export function rekeyTable(catalog: Catalog, from: TableName, schema: string, name: string): Catalog {
  const to = tableKey(name, schema)
  const table = catalog.tables.get(from)
  if (!table) return catalog
  const moved = putTable(removeTable(catalog, from), to, { ...table, schema, name })
  const pointed = editTables(moved, (other) => {
    const constraints = mapSame(other.constraints, (c) =>
      c.references?.table === from ? { ...c, references: { ...c.references, table: to } } : c,
    )
    const parents = other.parents && mapSame(other.parents, (parent) => (parent === from ? to : parent))
    if (constraints === other.constraints && parents === other.parents) return other
    return { ...other, constraints, ...(parents && { parents }) }
  })
  const owned = moveOwners(pointed, from, to)
  return { ...readAs(owned, from, to), incomplete: rekeyed(owned.incomplete, from, to) }
}

/** The same for a view. */
export function rekeyView(catalog: Catalog, from: TableName, to: TableName): Catalog {
  return readAs({ ...catalog, views: rekeyed(catalog.views, from, to) }, from, to)
}

function readAs(catalog: Catalog, from: TableName, to: TableName): Catalog {
  const views = mapValues(catalog.views, (view): View => {
    const reads = mapSame(view.reads, (read) => (read.table === from ? { ...read, table: to } : read))
    return reads === view.reads ? view : { ...view, reads: reads.toSorted((a, b) => (a.table < b.table ? -1 : 1)) }
  })
  return views === catalog.views ? catalog : { ...catalog, views }
}
