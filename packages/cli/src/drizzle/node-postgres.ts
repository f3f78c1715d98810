import path from 'node:path'
import { UserError } from '@expand-contract/core'
import { drizzle } from '@expand-contract/drizzle'
import { deploy, withTwo } from '@expand-contract/postgres'
import { outstanding, readPlans } from '../deploy/pending.ts'
import { whoRuns } from '../deploy/who.ts'
import { open } from '../project/project.ts'

/** What Drizzle's own `migrate` takes. */
export interface MigrationConfig {
  readonly migrationsFolder: string
  readonly migrationsTable?: string
  readonly migrationsSchema?: string
}

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

/** How long a start waits for another one that migrates, and for the locks of one step, in ms. */
const WAIT = 300_000

/**
 * In the place of `migrate` of `drizzle-orm/node-postgres/migrator`: applies the same migrations and records them in the same table, but each step of a plan in the transaction that it
 * needs. Works on two connections of its own, made as those of `db`. Several processes that start at once take turns. The folder `expand-contract` must lie beside the migrations
 * folder, as in the repository. Throws where something is not as its plan says, or the database refuses it.
 */
export async function migrate(db: { readonly $client: object }, config: MigrationConfig | string): Promise<void> {
  const {
    migrationsFolder,
    migrationsTable: name,
    migrationsSchema: schema,
  } = typeof config === 'string' ? ({ migrationsFolder: config } as MigrationConfig) : config
  const found = await drizzle.find(path.resolve(migrationsFolder))
  if (!found) {
    throw new UserError(
      `${migrationsFolder} is not a folder of Drizzle migrations (no meta/_journal.json, no folders with a snapshot), so there is nothing to apply. Correct "migrationsFolder"; a relative path starts at ${process.cwd()}.`,
    )
  }
  const table = { ...found.table, ...(name !== undefined && { name }), ...(schema !== undefined && { schema }) }
  const project = await open(drizzle, { ...found, table })
  const plans = await readPlans(project)
  const records = await drizzle.records(project.history, undefined)
  await withTwo(connectionOf(db.$client), (client, watcher) =>
    deploy(client, watcher, {
      records,
      sending: 'transaction',
      pending: async (rows) => (await outstanding(project, plans, rows)).pending,
      by: whoRuns(),
      patience: WAIT,
      wait: WAIT,
      onEvent: () => undefined,
    }),
  )
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
