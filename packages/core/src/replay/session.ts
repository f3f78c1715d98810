import { untag } from '../parser.ts'
import { callsOfExtensions, rows } from './calls.ts'
import type { Handler } from './change.ts'
import { createTableFromQuery } from './create-table.ts'
import { markEverything } from './edit.ts'
import { configuredPath, pathChange, withoutLocalPath, withPath } from './search-path.ts'

/** SET and RESET: only search_path changes what a name without a schema means. */
export const setVariable: Handler = (catalog, fields, change) => {
  const found = pathChange(untag(change.statement.node)[0], fields)
  return found ? withPath(catalog, found) : catalog
}

/** BEGIN and COMMIT say nothing about the schema. A ROLLBACK comes here where the script does not show what it goes back to. */
export const transaction: Handler = (catalog, fields, change) => {
  const undoes = fields.kind === 'TRANS_STMT_ROLLBACK' || fields.kind === 'TRANS_STMT_ROLLBACK_TO'
  if (undoes) return markEverything(catalog, change, 'ROLLBACK undoes statements before it')
  return fields.kind === 'TRANS_STMT_COMMIT' ? withoutLocalPath(catalog) : catalog
}

/** A query: `set_config('search_path', …)` counts, and SELECT … INTO makes a table. */
export const select: Handler = (catalog, fields, change) => {
  if (fields.intoClause?.rel) return createTableFromQuery(catalog, fields.intoClause, { SelectStmt: fields }, change)
  const configured = configuredPath(fields)
  if (configured === 'unknown') return markEverything(catalog, change, 'it may set search_path to what is put together when it runs')
  const set = configured ? withPath(catalog, configured) : catalog
  return callsOfExtensions(rows(set, fields, change), fields, change)
}
