import { type Catalog, quoteName, UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import { SUPPORTED } from './binaries.ts'
import { connect, connectError, databaseOf, using, withDatabase } from './connection.ts'
import { introspect } from './introspect/introspect.ts'

/** What a database holds at one moment. */
export interface ReadDatabase {
  /** Major version of its server, 14 to 18. */
  readonly major: number
  readonly catalog: Catalog
  /** The tables of that name, by schema, with their rows. */
  readonly tables: readonly { readonly schema: string; readonly rows: readonly Readonly<Record<string, unknown>>[] }[]
}

/**
 * Reads the schema of a user's database, and the rows of all tables with a name (an ORM's own table), in one read-only transaction that takes no lock stronger than
 * ACCESS SHARE. Throws {@link UserError}, which never repeats the URL, where it can't be reached or read.
 */
export function readDatabase(url: string, table: string | undefined): Promise<ReadDatabase> {
  const connectionString = withDatabase(url, databaseOf(url))
  const open = () =>
    connect({ connectionString, connectionTimeoutMillis: 15_000, application_name: 'expand-contract' }).catch((error) => {
      throw connectError(error)
    })
  return using(open, async (client) => {
    const major = await majorOf(client)
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    try {
      return { major, catalog: await introspect(client), tables: table === undefined ? [] : await tablesNamed(client, table) }
    } finally {
      await client.query('ROLLBACK')
    }
  })
}

async function majorOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ number: number }>(`SELECT current_setting('server_version_num')::int AS number`)
  const major = Math.trunc((rows[0]?.number ?? 0) / 10_000)
  if (SUPPORTED.includes(major)) return major
  throw new UserError(
    `The server of the database URL is PostgreSQL ${major}; ${SUPPORTED[0]} to ${SUPPORTED.at(-1)} are supported. Give the schema as a file instead: pg_dump --schema-only --file schema.sql, and --schema-dump schema.sql`,
  )
}

async function tablesNamed(client: Client, name: string): Promise<ReadDatabase['tables']> {
  const { rows: found } = await client.query<{ schema: string; readable: boolean }>(
    `SELECT n.nspname::text AS schema, has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS readable
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = $1 AND c.relkind IN ('r', 'p') ORDER BY 1`,
    [name],
  )
  const tables: { schema: string; rows: Record<string, unknown>[] }[] = []
  for (const { schema, readable } of found) {
    if (!readable) {
      throw new UserError(
        `The user of the database URL may not read ${schema}.${name}, which says what is applied. As its owner run\n  GRANT USAGE ON SCHEMA ${quoteName(schema)} TO <user>; GRANT SELECT ON ${quoteName(schema)}.${quoteName(name)} TO <user>;`,
      )
    }
    tables.push({ schema, rows: (await client.query(`SELECT * FROM ${quoteName(schema)}.${quoteName(name)}`)).rows })
  }
  return tables
}
