import { type Catalog, EVERYTHING, type TableName, type TypeName } from '../catalog/catalog.ts'
import type { Seen } from '../plpgsql/plpgsql.ts'
import { tableKey } from '../sql/relation.ts'
import { quoteName } from '../sql/sql.ts'
import { splitType } from '../sql/type-name.ts'
import type { Change } from './change.ts'
import type { Apply } from './do.ts'
import { mark, markEverything, markTree, without } from './edit.ts'
import { tablesOfType } from './tables-of-type.ts'

/** Why a table that a body changes, or of which it makes partitions, is not known. */
export const DOUBT = 'code changes it, or makes partitions of it, by SQL that is put together when it runs'

/** The catalog where these statements may have run or not: whatever they would change is no longer known. */
export function mayChange(catalog: Catalog, body: Seen, change: Change, apply: Apply): Catalog {
  if (body.opaque[0]) return markEverything(catalog, change, `a DO block can't be seen through: ${body.opaque[0]}`)
  const applied = body.statements.reduce((current, statement) => apply(current, statement, change.migration), catalog)
  const after = body.doubts.reduce((current, key) => markTree(current, key, change, DOUBT), applied)
  const enums = differing(catalog.enums, after.enums)
  const domains = differing(catalog.domains, after.domains)
  const composites = differing(catalog.composites, after.composites)
  const ranges = differing(catalog.ranges, after.ranges)
  const functions = differing(catalog.functions, after.functions)
  const types = [...enums, ...domains, ...composites, ...ranges]
  const doubtful: Catalog = {
    ...catalog,
    enums: without(catalog.enums, ...enums),
    domains: without(catalog.domains, ...domains),
    composites: without(catalog.composites, ...composites),
    ...(catalog.ranges && { ranges: without(catalog.ranges, ...ranges) }),
    // A view that may be there counts as there: it only ever adds to what is refused.
    views: new Map([...after.views, ...catalog.views]),
    sequences: new Map([...after.sequences, ...catalog.sequences]),
    functions: without(catalog.functions, ...functions),
    ...(after.routines && { routines: worst(catalog.routines, after.routines) }),
  }
  const keys = [
    ...differing(catalog.tables, after.tables),
    ...[...after.incomplete.keys()].filter((key) => !catalog.incomplete.has(key)),
    ...types.flatMap((type) => [tableKeyOf(type), ...tablesOfType(catalog, type), ...tablesOfType(after, type)]),
    ...differing(catalog.views, after.views),
    ...differing(catalog.sequences, after.sequences),
    ...functions,
    ...[...apart(catalog.schemas, after.schemas), ...apart(catalog.extensions, after.extensions)].map(quoteName),
  ]
  return keys.reduce(
    (current, key) =>
      key === EVERYTHING
        ? markEverything(current, change, after.incomplete.get(EVERYTHING)?.reason ?? 'a DO block may have changed it')
        : mark(current, key, change, 'a DO block changes it only under a condition'),
    doubtful,
  )
}

/** Keys that only one of two maps has, or under which they have different values. */
function differing<V>(before: ReadonlyMap<string, V> = new Map(), after: ReadonlyMap<string, V> = new Map()): string[] {
  if (before === after) return []
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key))
}

/** Members that only one of two sets has. */
function apart(before: ReadonlySet<string>, after: ReadonlySet<string>): string[] {
  return before === after ? [] : [...new Set([...before, ...after])].filter((name) => before.has(name) !== after.has(name))
}

/** Types share the names of relations. */
function tableKeyOf(type: TypeName): TableName {
  const [schema, name] = splitType(type)
  return tableKey(name, schema)
}

/** A function that may be there, or be another than it was, counts as each of them. */
function worst(before: Catalog['routines'], after: NonNullable<Catalog['routines']>): NonNullable<Catalog['routines']> {
  const merged = new Map(after)
  for (const [key, list] of before ?? []) merged.set(key, [...list, ...(after.get(key) ?? []).filter((r) => !list.includes(r))])
  return merged
}
