import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { splitKey, strings, tableKey } from '../sql/relation.ts'
import type { Change } from './change.ts'
import { markCallers } from './drop-function.ts'
import { moved } from './moved.ts'
import { isMeant, putRoutines, routineKey } from './routine.ts'

/** ALTER FUNCTION, PROCEDURE, AGGREGATE … RENAME TO and SET SCHEMA, of the overload that is meant. What calls it follows. */
export function moveRoutine(
  catalog: Catalog,
  object: PgNode,
  to: { readonly schema?: string; readonly name?: string },
  change: Change,
): Catalog {
  const from = routineKey(strings(object.objname))
  const [schema, name] = splitKey(from)
  const path = [to.schema ?? schema, to.name ?? name] as const
  const overloads = catalog.routines?.get(from)
  const target = tableKey(path[1], path[0])
  const others = catalog.routines?.get(target) ?? []
  if (!overloads) return moved(catalog, { functions: new Map([[from, path]]) }, change)
  const means = isMeant(catalog, object)
  const left = overloads.filter((r) => !means(r))
  if (left.length === 0 && others.length === 0) return moved(catalog, { functions: new Map([[from, path]]) }, change)
  if (left.length === overloads.length) return catalog
  // Which of several overloads an expression calls depends on types.
  const parted = putRoutines(putRoutines(catalog, from, left), target, [...others, ...overloads.filter(means)])
  return markCallers(parted, from, change)
}
