import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { displayTable, strings } from '../sql/relation.ts'
import type { Change } from './change.ts'
import type { DropOptions } from './drop-column.ts'
import { editTables, mark, withEntry, without } from './edit.ts'
import { dropDependents } from './fall.ts'
import { namesOfExpression } from './names-in.ts'
import { isMeant, putRoutines, routineKey } from './routine.ts'
import { mayName, textsOf } from './texts.ts'

/** DROP FUNCTION, PROCEDURE, ROUTINE, AGGREGATE: the overload that is meant. By CASCADE what calls it goes too. */
export function dropFunction(catalog: Catalog, object: PgNode, change: Change, options: DropOptions): Catalog {
  const key = routineKey(strings(object.objname))
  const overloads = catalog.routines?.get(key)
  const means = isMeant(catalog, object)
  const left = overloads?.filter((r) => !means(r)) ?? []
  if (overloads && left.length === overloads.length) return catalog
  const isConstructor = [...(catalog.ranges?.values() ?? [])].some((range) => range.constructors?.includes(key))
  // Those of a range go with it alone.
  if (!overloads && isConstructor) return catalog
  const fewer = overloads ? putRoutines(catalog, key, left) : { ...catalog, functions: without(catalog.functions, key) }
  const dropped =
    isConstructor && !fewer.functions.has(key) ? { ...fewer, functions: withEntry(fewer.functions, key, 'immutable' as const) } : fewer
  if (!options.cascade) return dropped
  if (left.length === 0 && !isConstructor) return dropDependents(dropped, { functions: new Set([key]) }, change, true)
  const gone = overloads?.filter(means) ?? []
  return markCallers(gone.some((r) => r.takes.length === 0) ? withoutTriggers(dropped, key) : dropped, key, change)
}

function withoutTriggers(catalog: Catalog, key: string): Catalog {
  return editTables(catalog, (table) => {
    const triggers = table.triggers.filter((t) => t.function !== key)
    return triggers.length === table.triggers.length ? table : { ...table, triggers }
  })
}

/** Marks what may call an overload that goes or moves while others stay: which of them an expression calls depends on types. */
export function markCallers(catalog: Catalog, key: string, change: Change): Catalog {
  const name = displayTable(key)
  const calls = (text: string): boolean =>
    mayName(text, [name.split('.').at(-1) ?? name]) &&
    namesOfExpression(text).some((use) => use.kind === 'function' && routineKey(use.path) === key)
  const tables = [...catalog.tables].filter(([, table]) => textsOf(table).some(calls)).map(([k]) => k)
  const views = [...catalog.views].filter(([, view]) => view.uses?.includes(key)).map(([k]) => k)
  return [...tables, ...views].reduce(
    (current, k) => mark(current, k, change, `it may call the overload of ${name} that goes here`),
    catalog,
  )
}
