import type { Catalog, TableName } from '../catalog/catalog.ts'
import type { Change } from './change.ts'
import { moved } from './moved.ts'

/** The catalog with a table, view or sequence under another schema or name; what points at it follows, as PostgreSQL keeps relations by identity. */
export function rekeyRelation(catalog: Catalog, from: TableName, schema: string, name: string, change: Change): Catalog {
  return moved(catalog, { relations: new Map([[from, [schema, name]]]) }, change)
}
