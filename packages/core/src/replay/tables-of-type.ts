import type { Catalog, TableName, TypeName } from '../catalog/catalog.ts'
import { elementType } from '../sql/type-name.ts'

/** Tables with a column of this type or of arrays of it. */
export function tablesOfType(catalog: Catalog, type: TypeName): TableName[] {
  return [...catalog.tables].filter(([, t]) => t.columns.some((c) => elementType(c.type) === type)).map(([key]) => key)
}
