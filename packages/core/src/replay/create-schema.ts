import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import type { Handler } from './change.ts'
import { markEverything } from './edit.ts'

/** CREATE SCHEMA. */
export const createSchema: Handler = (catalog, fields, change) => {
  const inside = (fields.schemaElts ?? []) as PgNode[]
  const name = (fields.schemaname ?? fields.authrole?.rolename) as string | undefined
  const made: Catalog = name === undefined ? catalog : { ...catalog, schemas: new Set(catalog.schemas).add(name) }
  return inside.length > 0 ? markEverything(made, change, 'CREATE SCHEMA with statements inside it is not followed') : made
}
