import type { Catalog } from '../catalog/catalog.ts'
import { DEFAULT_SCHEMA } from '../sql/relation.ts'
import { userType } from '../sql/type-name.ts'
import type { Change } from './change.ts'
import { moved } from './moved.ts'

/** ALTER TYPE … RENAME TO: columns and expressions keep the type by its identity, so their spelling follows. */
export function renameType(catalog: Catalog, path: readonly string[], newName: string, change: Change): Catalog {
  return moveType(catalog, path, [path.at(-2) ?? DEFAULT_SCHEMA, newName], change)
}

/** A type under another schema and name. */
export function moveType(catalog: Catalog, path: readonly string[], to: readonly [schema: string, name: string], change: Change): Catalog {
  return moved(catalog, { types: new Map([[userType(path), to]]) }, change)
}
