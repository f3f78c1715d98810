import type { Catalog } from '../catalog/catalog.ts'
import { userType } from '../sql/type-name.ts'
import type { Change } from './change.ts'
import { dropDependents, removeTypes } from './fall.ts'

/** DROP TYPE and DROP DOMAIN. By CASCADE columns and types made of them go, and defaults, checks and indexes that name them. */
export function dropTypes(catalog: Catalog, paths: readonly (readonly string[])[], change: Change, cascade: boolean): Catalog {
  const types = new Set(paths.map(userType).flatMap((type) => [type, ...multirangeOf(catalog, type)]))
  return dropDependents(removeTypes(catalog, types), { types }, change, cascade)
}

function multirangeOf(catalog: Catalog, type: string): string[] {
  const range = catalog.ranges?.get(type)
  return range ? [range.multirange] : []
}
