import type { Catalog, Routine, RoutineName } from '../catalog/catalog.ts'
import { builtInVolatility } from '../facts/function-volatility.ts'
import type { PgNode } from '../sql/parser.ts'
import { strings, tableKey } from '../sql/relation.ts'
import type { Change, Handler } from './change.ts'
import { mark, markEverything, markTree } from './edit.ts'
import { pathOfText } from './names-in.ts'
import { reachOf } from './reach.ts'
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
  return changer === undefined ? catalog : markReach(catalog, changer, change)
}

/** What a routine may change is not known any more. */
export function markReach(catalog: Catalog, changer: RoutineName, change: Change, does = 'it calls'): Catalog {
  const reach = reachOf(catalog, changer)
  if (!reach) return markEverything(catalog, change, `${does} ${changer}, which may change any table`)
  return [...reach].reduce((current, key) => markTree(current, key, change, `${does} ${changer}, which may change this table`), catalog)
}

/** The routine is called from now on whenever something happens that no history tells: what it may change is not known. */
export function calledLater(catalog: Catalog, key: RoutineName, change: Change): Catalog {
  const changes = catalog.routines?.get(key)?.some((r) => r.does === 'schema')
  return changes ? markReach(catalog, key, change, 'it makes a trigger call') : catalog
}

/** The same for what a column's default, or a check beside it, calls: writing a row does it. */
export function calledByRows(catalog: Catalog, definition: unknown, change: Change): Catalog {
  const changer = changerIn(catalog, definition)
  return changer === undefined ? catalog : markReach(catalog, changer, change, 'it makes a column call')
}

/** CALL: only a procedure whose body was seen to leave the schema alone is trusted. */
export const call: Handler = (catalog, fields, change) => {
  const key = routineKey(strings(fields.funccall?.funcname))
  const overloads = catalog.routines?.get(key)
  if (!overloads) return markEverything(catalog, change, `it calls ${key}, which may change any table`)
  if (overloads.some((r) => r.does === 'schema')) return markReach(catalog, key, change)
  return rows(catalog, fields, change)
}

/** A query whose column is a call of a function that neither the history nor PostgreSQL makes, an extension's: it may change the tables that it is given by name. */
export function callsOfExtensions(catalog: Catalog, select: PgNode, change: Change): Catalog {
  let current = catalog
  for (const { ResTarget: target } of (select.targetList ?? []) as PgNode[]) {
    const call = target?.val?.FuncCall as PgNode | undefined
    const path = strings(call?.funcname)
    const name = path.at(-1) ?? ''
    if (
      !call ||
      path[0] === 'pg_catalog' ||
      name.startsWith('pg_') ||
      builtInVolatility(name, NEWEST) !== undefined ||
      catalog.routines?.has(routineKey(path))
    )
      continue
    for (const argument of (call.args ?? []) as PgNode[]) {
      const text = argument.A_Const?.sval?.sval ?? argument.TypeCast?.arg?.A_Const?.sval?.sval
      const named = typeof text === 'string' ? pathOfText(text) : undefined
      const key = named && tableKey(named.at(-1) ?? '', named.at(-2))
      if (key !== undefined && catalog.tables.has(key))
        current = mark(current, key, change, `${routineKey(path)}, which the history does not make, may change it`)
    }
  }
  return current
}

const NEWEST = 18
