import { UserError } from '@expand-contract/core'

/** The flags that say where a schema is known from. */
export interface SchemaFlags {
  /** A URL, or true for the environment variable DATABASE_URL. */
  readonly database?: string | true
  /** A file that pg_dump --schema-only wrote. */
  readonly schemaDump?: string
  /** The migration just before which the schema is like that. */
  readonly schemaAt?: string
}

/** True where a schema is given. Throws {@link UserError} where only its place is. */
export function givesSchema({ database, schemaDump, schemaAt }: SchemaFlags): boolean {
  if (database !== undefined || schemaDump !== undefined) return true
  if (schemaAt === undefined) return false
  throw new UserError(
    '--schema-at says where in the history a schema stands, but no schema is given. Add --database <url>, or --schema-dump <file> (made by pg_dump --schema-only).',
  )
}
