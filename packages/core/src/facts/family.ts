import type { Catalog, TableName } from '../catalog/catalog.ts'
import { childrenOf } from '../replay/names.ts'

/** A table with its partitions and the tables that inherit from it: their columns change with its own. */
export function withDescendants(catalog: Catalog, table: TableName): TableName[] {
  return [table, ...childrenOf(catalog.tables, table).flatMap((child) => withDescendants(catalog, child))]
}
