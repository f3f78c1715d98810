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

/** How long a start waits for another one that migrates, and for the locks of one step, in ms. */
const WAIT = 300_000

/**
 * Applies the migrations of a folder that a database does not have yet, on two connections of its own. Several processes that start at once take turns. Throws where something is not as its plan
 * says, or the database refuses it.
 */
export async function migrateOn(database: Parameters<typeof withTwo>[0], config: MigrationConfig | string): Promise<void> {
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
  await withTwo(database, (client, watcher) =>
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
