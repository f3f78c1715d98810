import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { strings, tableKey } from '../relation.ts'
import type { Handler } from './change.ts'
import { changesSchema } from './changes-schema.ts'
import { withEntry } from './edit.ts'

type Volatility = 'immutable' | 'stable' | 'volatile'

const ORDER: readonly Volatility[] = ['immutable', 'stable', 'volatile']

/** CREATE FUNCTION and PROCEDURE: volatility, and whether a call may change the schema. Overloads share a name: the worst of them stands for all. */
export const createFunction: Handler = (catalog, fields, change) => {
  const path = strings(fields.funcname)
  const key = tableKey(path.at(-1) ?? '', path.at(-2))
  const isChanger = catalog.routines?.get(key) === 'schema' || changesSchema(catalog, change.statement)
  const routines = withEntry(catalog.routines ?? new Map(), key, isChanger ? 'schema' : 'rows')
  if (fields.is_procedure) return { ...catalog, routines }
  const given = volatilityOf(fields.options) ?? 'volatile'
  const before = catalog.functions.get(key) ?? 'immutable'
  const volatility = ORDER.indexOf(before) > ORDER.indexOf(given) ? before : given
  return { ...catalog, routines, functions: withEntry(catalog.functions, key, volatility) }
}

/** ALTER FUNCTION … IMMUTABLE | STABLE | VOLATILE. */
export const alterFunction: Handler = (catalog, fields): Catalog => {
  const path = strings(fields.func?.objname)
  const key = tableKey(path.at(-1) ?? '', path.at(-2))
  const volatility = volatilityOf(fields.actions)
  if (volatility === undefined || !catalog.functions.has(key)) return catalog
  return { ...catalog, functions: withEntry(catalog.functions, key, volatility) }
}

function volatilityOf(options: readonly PgNode[] | undefined): Volatility | undefined {
  return options?.find((o) => o.DefElem?.defname === 'volatility')?.DefElem.arg?.String?.sval
}
