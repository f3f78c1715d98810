import type { PgNode } from '../parser.ts'
import type { Handler } from './change.ts'
import { markEverything } from './edit.ts'

/** CREATE SCHEMA: a schema alone holds nothing. */
export const createSchema: Handler = (catalog, fields, change) => {
  const inside = (fields.schemaElts ?? []) as PgNode[]
  return inside.length > 0 ? markEverything(catalog, change, 'CREATE SCHEMA with statements inside it is not followed') : catalog
}
