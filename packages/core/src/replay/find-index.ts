import type { Catalog, Index, Table, TableName } from '../catalog/catalog.ts'
import { tableOfIndex } from './names.ts'

/** The index of that name in a schema, with its table. */
export function findIndex(catalog: Catalog, schema: string, name: string): { key: TableName; table: Table; index: Index } | undefined {
  const key = tableOfIndex(catalog.tables, schema, name)
  const table = key === undefined ? undefined : catalog.tables.get(key)
  const index = table?.indexes.find((i) => i.name === name)
  return key !== undefined && table && index ? { key, table, index } : undefined
}
