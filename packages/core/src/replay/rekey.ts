import type { Catalog, TableName } from '../catalog/catalog.ts'
import { tableKey } from '../relation.ts'
import { editTables, mapSame } from './edit.ts'

/** The catalog with a table under another schema or name; what points at it follows, as PostgreSQL keeps tables by identity. */
export function rekeyTable(catalog: Catalog, from: TableName, schema: string, name: string): Catalog {
  const to = tableKey(name, schema)
  const swap = (key: TableName): TableName => (key === from ? to : key)
  const pointed = editTables(catalog, (table, key) => {
    const constraints = mapSame(table.constraints, (c) =>
      c.references?.table === from ? { ...c, references: { ...c.references, table: to } } : c,
    )
    if (key === from) return { ...table, schema, name, constraints }
    return constraints === table.constraints ? table : { ...table, constraints }
  })
  return {
    ...pointed,
    tables: new Map([...pointed.tables].map(([key, table]) => [swap(key), table])),
    views: new Map([...pointed.views].map(([key, view]) => [key, { ...view, reads: view.reads.map((r) => ({ ...r, table: swap(r.table) })) }])),
    incomplete: new Map([...pointed.incomplete].map(([key, why]) => [swap(key), why])),
  }
}
