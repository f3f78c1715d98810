import path from 'node:path'
import { type Server, startServer } from '@expand-contract/postgres'
import { drizzle as drizzle0 } from 'drizzle-orm-0/node-postgres'
import { drizzle as postgresJs0 } from 'drizzle-orm-0/postgres-js'
import { migrate as own0 } from 'drizzle-orm-0/postgres-js/migrator'
import { drizzle as drizzle1 } from 'drizzle-orm-1/node-postgres'
import { drizzle as postgresJs1 } from 'drizzle-orm-1/postgres-js'
import { migrate as own1 } from 'drizzle-orm-1/postgres-js/migrator'
import { migrate } from 'expand-contract/drizzle/node-postgres'
import { migrate as migrateJs } from 'expand-contract/drizzle/postgres-js'
import pg from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { folderWith } from '../../packages/cli/test/temp-folder.ts'
import { schemaLines } from '../../packages/drizzle/test/support/database.ts'
import { migrator } from '../../packages/drizzle/test/support/migrator.ts'
import { drizzleProject } from '../support/drizzle-project.ts'
import { liveDatabase } from '../support/live.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

function poolOn(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url })
  onTestFinished(() => pool.end())
  return pool
}

it.each([0, 1] as const)('migrates at start-up with the signature of Drizzle %i, several processes at once', async (version) => {
  const folder = folderWith(drizzleProject(version).files)
  await run(folder, ['rewrite'])
  const live = await liveDatabase(server)
  const pool = poolOn(live.url)
  const db = version === 0 ? drizzle0({ client: pool }) : drizzle1({ client: pool })
  const config = { migrationsFolder: path.join(folder, 'drizzle') }
  await Promise.all([migrate(db, config), migrate(db, config), migrate(db, config)])
  const [after, { rows }] = [await schemaLines(live.client), await live.client.query('SELECT hash FROM drizzle.__drizzle_migrations')]
  expect(after).toContain('users.full_name text not null')
  expect(new Set(rows.map((r) => r.hash)).size).toBe(rows.length)
  // The database of the caller is as it was: no setting, no lock of ours on its connections.
  expect((await pool.query(`SELECT current_setting('idle_in_transaction_session_timeout') AS t`)).rows).toEqual([{ t: '0' }])
  await migrator(version)(live.client, config.migrationsFolder)
  expect(await schemaLines(live.client)).toEqual(after)
})

it.each([0, 1] as const)('migrates with the database of postgres.js as Drizzle %i makes it', async (version) => {
  const folder = folderWith(drizzleProject(version).files)
  await run(folder, ['rewrite'])
  const live = await liveDatabase(server)
  const { host, port, user, password } = live.client
  const sql = postgres({ host, port, user: user ?? '', password: password ?? '', database: live.name, onnotice: () => undefined })
  onTestFinished(() => sql.end())
  const db = version === 0 ? postgresJs0(sql) : postgresJs1({ client: sql })
  await migrateJs(db, { migrationsFolder: path.join(folder, 'drizzle') })
  const [after, rows] = [await schemaLines(live.client), (await live.client.query('TABLE drizzle.__drizzle_migrations')).rows]
  expect(after).toContain('users.full_name text not null')
  // Drizzle's own migrator finds nothing left to do.
  await (version === 0
    ? own0(db as never, { migrationsFolder: path.join(folder, 'drizzle') })
    : own1(db as never, { migrationsFolder: path.join(folder, 'drizzle') }))
  expect((await live.client.query('TABLE drizzle.__drizzle_migrations')).rows).toEqual(rows)
  await expect(migrateJs({ $client: {} }, folder)).rejects.toThrow(/was not made by postgres/)
})

it('takes a client, another table, and says what is wrong with a folder', async () => {
  const folder = folderWith(drizzleProject(0).files)
  const live = await liveDatabase(server)
  const db = drizzle0({ client: live.client })
  const config = { migrationsFolder: path.join(folder, 'drizzle'), migrationsTable: 'done', migrationsSchema: 'ops' }
  await migrate(db, config)
  expect((await live.client.query('SELECT FROM ops.done')).rowCount).toBe(3)
  await expect(migrate(db, { migrationsFolder: path.join(folder, 'nowhere') })).rejects.toThrow(/is not a folder of Drizzle migrations/)
  await expect(migrate({ $client: {} }, config)).rejects.toThrow(/neither a Pool nor a Client of pg/)
})
