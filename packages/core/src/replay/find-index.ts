import type { Catalog, Index, Table, TableName } from '../catalog/catalog.ts'

/** The index of that name in a schema, with its table. */
export function findIndex(catalog: Catalog, schema: string, name: string): { key: TableName; table: Table; index: Index } | undefined {
  for (const [key, table] of catalog.tables) {
    if (table.schema !== schema) continue
    const index = table.indexes.find((i) => i.name === name)
    if (index) return { key, table, index }
  }
  return undefined
}
