import type { Catalog, Column } from '@expand-contract/core'
import { diffSchemas, introspect } from '@expand-contract/postgres'
import type { Client } from 'pg'

/** The schema of a database without what the ORMs and the ledger keep of themselves. */
export async function schemaOf(client: Client): Promise<Catalog> {
  const all = await introspect(client)
  const isApps = (key: string): boolean => !/^"(drizzle|expand_contract)"|_prisma_migrations"$/.test(key)
  const apps = <V>(map: ReadonlyMap<string, V>): Map<string, V> => new Map([...map].filter(([key]) => isApps(key)))
  const tables = [...apps(all.tables)].map(([key, table]) => [key, { ...table, columns: table.columns.map(bare) }] as const)
  return {
    ...all,
    tables: new Map(tables),
    sequences: apps(all.sequences),
    functions: apps(all.functions),
    views: apps(all.views),
    composites: apps(all.composites),
    enums: apps(all.enums),
    schemas: new Set(['public']),
  }
}

/** A column that took another's place has a NOT NULL constraint of its own (PostgreSQL 18). No ORM knows its name. */
function bare({ notNullConstraint: _, ...column }: Column): Column {
  return column
}

/** How a database differs from a schema, as lines. */
export async function differences(wanted: Catalog, client: Client): Promise<string[]> {
  return diffSchemas(wanted, await schemaOf(client))
}
