import type { Catalog } from '@expand-contract/core'
import type { Client } from 'pg'
import { readIndexes } from './indexes.ts'
import { keySql, ownedByUser, USER_SCHEMA, withEmptyPath } from './session.ts'
import { readTables } from './tables.ts'
import { readComposites, readDomains, readEnums, readRanges, readSequences } from './types.ts'
import { readViews } from './views.ts'

/**
 * The schema of a database as core's value, from the system catalogs alone. User schemas only, without what extensions own; expressions
 * as PostgreSQL prints them with an empty search_path. NOT NULL constraints have names from version 18 on. Leaves the session as it was; inside a
 * transaction it sees that transaction's changes. Versions 14 to 18.
 */
export function introspect(client: Client): Promise<Catalog> {
  return withEmptyPath(client, async () => {
    const indexes = await readIndexes(client)
    const extensions = await readExtensions(client)
    return {
      tables: await readTables(client, indexes),
      enums: await readEnums(client),
      domains: await readDomains(client),
      composites: await readComposites(client),
      ranges: await readRanges(client),
      sequences: await readSequences(client),
      views: await readViews(client, indexes),
      schemas: new Set(await names(client, SCHEMAS)),
      extensions: new Set(extensions.keys()),
      extensionSchemas: extensions,
      functions: await readFunctions(client),
      incomplete: new Map(),
    }
  })
}

const SCHEMAS = `SELECT n.nspname::text AS name FROM pg_namespace n WHERE ${USER_SCHEMA} AND ${ownedByUser('pg_namespace', 'n.oid')} ORDER BY 1`

async function names(client: Client, sql: string): Promise<string[]> {
  return (await client.query<{ name: string }>(sql)).rows.map((row) => row.name)
}

const EXTENSIONS = `
  SELECT e.extname::text AS name, n.nspname::text AS schema
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname <> 'plpgsql' ORDER BY 1`

/** Every extension with the schema that holds what it brings. */
async function readExtensions(client: Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; schema: string }>(EXTENSIONS)
  return new Map(rows.map(({ name, schema }) => [name, schema]))
}

// Overloads share one entry: the least predictable of them stands for all.
const FUNCTIONS = `
  SELECT ${keySql('n', 'p.proname')} AS name,
         CASE max(CASE p.provolatile WHEN 'v' THEN 3 WHEN 's' THEN 2 ELSE 1 END)
           WHEN 3 THEN 'volatile' WHEN 2 THEN 'stable' ELSE 'immutable' END AS value
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prokind = 'f' AND ${USER_SCHEMA} AND ${ownedByUser('pg_proc', 'p.oid')}
  GROUP BY 1 ORDER BY (${keySql('n', 'p.proname')}) COLLATE "C"`

async function readFunctions(client: Client): Promise<Catalog['functions']> {
  const { rows } = await client.query<{ name: string; value: 'immutable' | 'stable' | 'volatile' }>(FUNCTIONS)
  return new Map(rows.map(({ name, value }) => [name, value]))
}
