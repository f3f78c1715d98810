import type { Catalog, Routine } from '../catalog/catalog.ts'
import { strings } from '../sql/relation.ts'
import { calledLater } from './calls.ts'
import type { Handler } from './change.ts'
import { changesSchema } from './changes-schema.ts'
import { withEntry } from './edit.ts'
import { argumentType, isMeant, putRoutines, routineKey, routineOf, volatilityOf, worse } from './routine.ts'

/** CREATE FUNCTION and PROCEDURE: volatility, and whether a call may change the schema. One with the same arguments is replaced. */
export const createFunction: Handler = (catalog, fields, change) => {
  const key = routineKey(strings(fields.funcname))
  const made = routineOf(catalog, fields, change.statement, changesSchema(catalog, change.statement) ? 'schema' : 'rows')
  const added = addRoutine(catalog, key, made)
  const isCalled = fields.replace === true && catalog.functions.has(key) && isTriggers(made)
  return isCalled ? calledLater(added, key, change) : added
}

/** A trigger may call it already. */
function isTriggers({ gives }: Routine): boolean {
  return gives === 'trigger' || gives === 'event_trigger'
}

function addRoutine(catalog: Catalog, key: string, made: Routine): Catalog {
  const overloads = catalog.routines?.get(key) ?? []
  const others = overloads.filter((r) => r.takes.join() !== made.takes.join())
  const added = putRoutines(catalog, key, [...others, made])
  // Overloads that a database told, without their arguments: this may be one more.
  const before = overloads.length === 0 && made.kind === 'function' ? catalog.functions.get(key) : undefined
  return before === undefined ? added : { ...added, functions: withEntry(added.functions, key, worse(before, made.volatility)) }
}

/** CREATE AGGREGATE; the other things that DEFINE makes change nothing that the catalog holds. */
export const define: Handler = (catalog, fields) => {
  if (fields.kind !== 'OBJECT_AGGREGATE') return catalog
  const [list] = fields.args ?? []
  const takes = ((list?.List?.items ?? []) as { FunctionParameter?: { argType?: object } }[]).map((p) =>
    argumentType(catalog, p.FunctionParameter?.argType),
  )
  return addRoutine(catalog, routineKey(strings(fields.defnames)), {
    kind: 'aggregate',
    takes,
    optional: 0,
    gives: 'unknown',
    types: takes,
    volatility: 'immutable',
    does: 'rows',
  })
}

/** ALTER FUNCTION … IMMUTABLE | STABLE | VOLATILE; its other options change nothing that the catalog holds. */
export const alterFunction: Handler = (catalog, fields): Catalog => {
  const key = routineKey(strings(fields.func?.objname))
  const volatility = volatilityOf(fields.actions)
  if (volatility === undefined) return catalog
  const overloads = catalog.routines?.get(key)
  if (!overloads) return catalog.functions.has(key) ? { ...catalog, functions: withEntry(catalog.functions, key, volatility) } : catalog
  const means = isMeant(catalog, fields.func)
  return putRoutines(
    catalog,
    key,
    overloads.map((r) => (means(r) ? { ...r, volatility } : r)),
  )
}
