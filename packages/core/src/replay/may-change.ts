import { type Catalog, EVERYTHING } from '../catalog/catalog.ts'
import type { Seen } from '../plpgsql.ts'
import type { Change } from './change.ts'
import type { Apply } from './do.ts'
import { mark, markEverything, without } from './edit.ts'
import { tablesOfType } from './tables-of-type.ts'

/** Why a table whose partitions a body makes is not known. */
export const DOUBT = 'code makes partitions of it whose names are put together when it runs'

/** The catalog where these statements may have run or not: whatever they would change is no longer known. */
export function mayChange(catalog: Catalog, body: Seen, change: Change, apply: Apply): Catalog {
  if (body.opaque[0]) return markEverything(catalog, change, `a DO block can't be seen through: ${body.opaque[0]}`)
  const applied = body.statements.reduce((current, statement) => apply(current, statement, change.migration), catalog)
  const after = body.doubts.reduce((current, key) => mark(current, key, change, DOUBT), applied)
  const tables = [...new Set([...catalog.tables.keys(), ...after.tables.keys(), ...after.incomplete.keys()])].filter(
    (key) => catalog.tables.get(key) !== after.tables.get(key) || (after.incomplete.has(key) && !catalog.incomplete.has(key)),
  )
  const types = [...new Set([...catalog.enums.keys(), ...after.enums.keys()])].filter(
    (type) => catalog.enums.get(type) !== after.enums.get(type),
  )
  const functions = [...new Set([...catalog.functions.keys(), ...after.functions.keys()])].filter(
    (name) => catalog.functions.get(name) !== after.functions.get(name),
  )
  const doubtful: Catalog = {
    ...catalog,
    enums: without(catalog.enums, ...types),
    // A view that may be there counts as there: it only ever adds to what is refused.
    views: new Map([...after.views, ...catalog.views]),
    sequences: new Map([...after.sequences, ...catalog.sequences]),
    functions: without(catalog.functions, ...functions),
    ...(after.routines && { routines: worst(catalog.routines, after.routines) }),
  }
  const keys = [...tables, ...types.flatMap((type) => [...tablesOfType(catalog, type), ...tablesOfType(after, type)])]
  return keys.reduce(
    (current, key) =>
      key === EVERYTHING
        ? markEverything(current, change, after.incomplete.get(EVERYTHING)?.reason ?? 'a DO block may have changed it')
        : mark(current, key, change, 'a DO block changes it only under a condition'),
    doubtful,
  )
}

/** A function that may be there, or be another than it was, counts as each of them. */
function worst(before: Catalog['routines'], after: NonNullable<Catalog['routines']>): NonNullable<Catalog['routines']> {
  const merged = new Map(after)
  for (const [key, list] of before ?? []) merged.set(key, [...list, ...(after.get(key) ?? []).filter((r) => !list.includes(r))])
  return merged
}
