import type { Catalog, Routine, RoutineName } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { strings } from '../relation.ts'
import type { Handler } from './change.ts'
import { markEverything } from './edit.ts'
import { routineKey } from './routine.ts'

/** The key of a function called anywhere in the tree whose body may change the schema, or undefined. */
export function changerIn(catalog: Catalog, node: unknown): RoutineName | undefined {
  return catalog.routines?.size ? search(node, catalog.routines) : undefined
}

function search(node: unknown, routines: ReadonlyMap<RoutineName, readonly Routine[]>): RoutineName | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  const call = (node as PgNode).FuncCall
  if (call) {
    const key = routineKey(strings(call.funcname))
    if (routines.get(key)?.some((r) => r.does === 'schema')) return key
  }
  for (const value of Object.values(node)) {
    const found = search(value, routines)
    if (found !== undefined) return found
  }
  return undefined
}

/** Reads and writes of rows leave the schema alone, unless they call a function that does not. */
export const rows: Handler = (catalog, fields, change) => {
  const changer = changerIn(catalog, fields)
  return changer === undefined ? catalog : markEverything(catalog, change, `it calls ${changer}, which may change any table`)
}

/** CALL: only a procedure whose body was seen to leave the schema alone is trusted. */
export const call: Handler = (catalog, fields, change) => {
  const key = routineKey(strings(fields.funccall?.funcname))
  const overloads = catalog.routines?.get(key)
  if (!overloads || overloads.some((r) => r.does === 'schema')) return markEverything(catalog, change, `it calls ${key}, which may change any table`)
  return rows(catalog, fields, change)
}
