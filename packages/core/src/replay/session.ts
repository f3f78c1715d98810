import type { Catalog } from '../catalog/catalog.ts'
import { untag } from '../sql/parser.ts'
import { quoteName } from '../sql/sql.ts'
import { callsOfExtensions, rows } from './calls.ts'
import type { Change, Handler } from './change.ts'
import { createTableFromQuery } from './create-table.ts'
import { markEverything } from './edit.ts'
import { configuredPath, type PathChange, pathChange, withoutLocalPath, withPath } from './search-path.ts'

/** SET and RESET: only search_path changes what a name without a schema means. */
export const setVariable: Handler = (catalog, fields, change) => {
  const found = pathChange(untag(change.statement.node)[0], fields)
  return found ? onPath(catalog, found, change) : catalog
}

function onPath(catalog: Catalog, path: PathChange, change: Change): Catalog {
  const doubtful = path.path?.find((schema) => catalog.incomplete.has(quoteName(schema)))
  const after = withPath(catalog, path)
  return doubtful === undefined
    ? after
    : markEverything(after, change, `the search_path holds the schema "${doubtful}", which may be there or not`)
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
  const set = configured ? onPath(catalog, configured, change) : catalog
  return callsOfExtensions(rows(set, fields, change), fields, change)
}
