import { UserError } from '@expand-contract/core'
import { type MigrationConfig, migrateOn } from './migrate-on.ts'

export type { MigrationConfig } from './migrate-on.ts'

/** How a `Pool` or a `Client` of `pg` reaches its database. */
interface Reaches {
  readonly options?: Connection
  readonly connectionParameters?: Connection
}

interface Connection {
  readonly connectionString?: string | undefined
  readonly host?: string | undefined
  readonly port?: number | string | undefined
  readonly user?: string | undefined
  readonly password?: unknown
  readonly database?: string | undefined
  readonly ssl?: unknown
}

/**
 * In the place of `migrate` of `drizzle-orm/node-postgres/migrator`: applies the same migrations and records them in the same table, but each step of a plan in the transaction that it
 * needs. Works on two connections of its own, made as those of `db`. Several processes that start at once take turns. The folder `expand-contract` must lie beside the migrations
 * folder, as in the repository. Throws where something is not as its plan says, or the database refuses it.
 */
export async function migrate(db: { readonly $client: object }, config: MigrationConfig | string): Promise<void> {
  await migrateOn(connectionOf(db.$client), config)
}

function connectionOf(client: Reaches) {
  const said = client.options ?? client.connectionParameters
  if (!said) {
    throw new UserError(
      'The database given to migrate is not one of drizzle-orm/node-postgres: its $client is neither a Pool nor a Client of pg. Create it with drizzle({ client: pool }), or run npx expand-contract deploy instead.',
    )
  }
  // Passwords are hidden from enumeration, so each is named.
  const { connectionString, host, port, user, password, database, ssl } = said
  const parts = { host, port, user, password, database }
  return {
    ...(connectionString !== undefined
      ? { connectionString }
      : Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))),
    ...(ssl !== undefined && ssl !== false && { ssl: ssl as never }),
  }
}
