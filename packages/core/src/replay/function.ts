import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { changesSchema } from '../plpgsql.ts'
import { strings, tableKey } from '../relation.ts'
import type { Handler } from './change.ts'
import { markEverything, without } from './edit.ts'

type Volatility = 'immutable' | 'stable' | 'volatile'

const ORDER: readonly Volatility[] = ['immutable', 'stable', 'volatile']

/**
 * CREATE FUNCTION: its volatility; of overloads the least predictable stands for all. A procedure is held only where its body is seen to leave
 * the schema alone, so that CALL can tell.
 */
export const createFunction: Handler = (catalog, fields, change) => {
  const path = strings(fields.funcname)
  const key = tableKey(path.at(-1) ?? '', path.at(-2))
  if (fields.is_procedure && changesSchema(change.statement)) return { ...catalog, functions: without(catalog.functions, key) }
  const given = volatilityOf(fields.options) ?? 'volatile'
  const before = catalog.functions.get(key) ?? 'immutable'
  const volatility = ORDER.indexOf(before) > ORDER.indexOf(given) ? before : given
  return { ...catalog, functions: new Map(catalog.functions).set(key, volatility) }
}

/** ALTER FUNCTION … IMMUTABLE | STABLE | VOLATILE. */
export const alterFunction: Handler = (catalog, fields) => {
  const path = strings(fields.func?.objname)
  const key = tableKey(path.at(-1) ?? '', path.at(-2))
  const volatility = volatilityOf(fields.actions)
  if (volatility === undefined || !catalog.functions.has(key)) return catalog
  return { ...catalog, functions: new Map(catalog.functions).set(key, volatility) }
}

function volatilityOf(options: readonly PgNode[] | undefined): Volatility | undefined {
  return options?.find((o) => o.DefElem?.defname === 'volatility')?.DefElem.arg?.String?.sval
}

/** CALL: a procedure may do anything, but for those that were seen to leave the schema alone. */
export const call: Handler = (catalog, fields, change): Catalog => {
  const path = strings(fields.funccall?.funcname)
  const key = tableKey(path.at(-1) ?? '', path.at(-2))
  return catalog.functions.has(key) ? catalog : markEverything(catalog, change, `the procedure ${path.join('.')} may change any table`)
}
