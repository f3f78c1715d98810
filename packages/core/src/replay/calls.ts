import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { strings, tableKey } from '../relation.ts'
import type { Handler } from './change.ts'
import { markEverything } from './edit.ts'

/** The key of a function called anywhere in the tree whose body may change the schema, or undefined. */
export function changerIn(catalog: Catalog, node: unknown): string | undefined {
  return catalog.routines?.size ? search(node, catalog.routines) : undefined
}

function search(node: unknown, routines: ReadonlyMap<string, 'rows' | 'schema'>): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  const call = (node as PgNode).FuncCall
  if (call) {
    const key = keyOf(call)
    if (routines.get(key) === 'schema') return key
  }
  for (const value of Object.values(node)) {
    const found = search(value, routines)
    if (found !== undefined) return found
  }
  return undefined
}

function keyOf(call: PgNode): string {
  const path = strings(call.funcname)
  return tableKey(path.at(-1) ?? '', path.at(-2))
}

/** Reads and writes of rows leave the schema alone, unless they call a function that does not. */
export const rows: Handler = (catalog, fields, change) => {
  const changer = changerIn(catalog, fields)
  return changer === undefined ? catalog : markEverything(catalog, change, `it calls ${changer}, which may change any table`)
}

/** CALL: only a procedure whose body was seen to leave the schema alone is trusted. */
export const call: Handler = (catalog, fields, change) => {
  const key = keyOf(fields.funccall)
  if (catalog.routines?.get(key) !== 'rows') return markEverything(catalog, change, `it calls ${key}, which may change any table`)
  return rows(catalog, fields, change)
}
