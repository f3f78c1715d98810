import type { PgNode } from '../parser.ts'
import { rows } from './calls.ts'
import type { Handler } from './change.ts'
import { createTableFromQuery } from './create-table.ts'
import { markEverything } from './edit.ts'

/** SET: only search_path changes what a name without a schema means. */
export const setVariable: Handler = (catalog, fields, change) => {
  if (fields.name !== 'search_path' || fields.kind !== 'VAR_SET_VALUE') return catalog
  const schemas = ((fields.args ?? []) as PgNode[]).map((a) => a.A_Const?.sval?.sval ?? '')
  return isUsual(schemas) ? catalog : markEverything(catalog, change, `search_path is set to ${schemas.join(', ')}`)
}

/** Nothing is found without a schema, or what is found is in public. */
function isUsual(schemas: readonly string[]): boolean {
  const named = schemas.map((s) => s.trim()).filter((s) => s !== '' && s !== '$user' && s !== 'pg_catalog')
  return named.length === 0 || named[0] === 'public'
}

/** BEGIN and COMMIT say nothing about the schema; ROLLBACK undoes an unknown part of the script. */
export const transaction: Handler = (catalog, fields, change) => {
  const undoes = fields.kind === 'TRANS_STMT_ROLLBACK' || fields.kind === 'TRANS_STMT_ROLLBACK_TO'
  return undoes ? markEverything(catalog, change, 'ROLLBACK undoes statements before it') : catalog
}

/** A query: `set_config('search_path', …)` counts, and SELECT … INTO makes a table. */
export const select: Handler = (catalog, fields, change) => {
  if (fields.intoClause?.rel) return createTableFromQuery(catalog, fields.intoClause, { SelectStmt: fields }, change)
  for (const target of (fields.targetList ?? []) as PgNode[]) {
    const callee = target.ResTarget?.val?.FuncCall
    if ((callee?.funcname as PgNode[] | undefined)?.at(-1)?.String?.sval !== 'set_config') continue
    const [name, value] = ((callee?.args ?? []) as PgNode[]).map((a) => a.A_Const?.sval?.sval as string | undefined)
    if (name !== undefined && name !== 'search_path') continue
    // A literal '' has no sval in the tree.
    if (!isUsual((value ?? '').split(','))) return markEverything(catalog, change, `search_path is set to ${value}`)
  }
  return rows(catalog, fields, change)
}
