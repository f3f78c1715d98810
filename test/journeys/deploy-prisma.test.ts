import { type Server, startServer } from '@expand-contract/postgres'
import { prisma } from '@expand-contract/prisma'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { INIT, PRISMA_PROJECT, RENAME } from '../../packages/cli/test/prisma-project.ts'
import { folderWith } from '../../packages/cli/test/temp-folder.ts'
import { type MigrationText, startEngine } from '../../packages/prisma/test/support/engine.ts'
import { eachStatement } from '../../packages/prisma/test/support/run-script.ts'
import { type Live, liveDatabase } from '../support/live.ts'

const SCHEMA = PRISMA_PROJECT['prisma/schema.prisma'] ?? ''

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

async function engineOn({ name }: Live) {
  const engine = await startEngine(server, name, SCHEMA, eachStatement)
  onTestFinished(() => engine.close())
  return engine
}

async function migrationsIn(folder: string): Promise<MigrationText[]> {
  const layout = await prisma.find(folder)
  if (!layout) throw new Error('no project')
  return (await prisma.read(layout)).migrations.map(({ id, text }) => ({ id, sql: text }))
}

/** Rows of Prisma's table without ids, and with what is true of its times. */
async function records({ client }: Live) {
  const { rows } = await client.query(
    `SELECT migration_name, checksum, applied_steps_count, logs, rolled_back_at, length(id) AS id, finished_at >= started_at AS times
     FROM _prisma_migrations ORDER BY migration_name`,
  )
  return rows
}

async function rewritten(): Promise<string> {
  const folder = folderWith(PRISMA_PROJECT)
  expect(await run(folder, ['rewrite', '--rename', 'User.name=fullName'])).toMatchObject({ code: 0 })
  return folder
}

it('applies a plan on an empty database and leaves Prisma nothing to do: the rows are those that Prisma writes', async () => {
  const folder = await rewritten()
  const [ours, theirs] = [await liveDatabase(server), await liveDatabase(server)]
  const env = { DATABASE_URL: ours.url }
  const { code, out, err } = await run(folder, ['deploy'], { env })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('Applied 5 migrations.')
  expect(out).toContain('1 contract is not applied by this')

  const migrations = await migrationsIn(folder)
  expect(await (await engineOn(ours)).deploy(migrations)).toEqual([])
  expect(await (await engineOn(theirs)).deploy(migrations)).toEqual(migrations.map((m) => m.id))
  expect(await records(ours)).toEqual(await records(theirs))
  expect(await run(folder, ['deploy'], { env })).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to apply') })
})

it('goes on where Prisma stands, fills the rows, and writes every step into the ledger', async () => {
  const folder = folderWith(PRISMA_PROJECT)
  const live = await liveDatabase(server)
  const engine = await engineOn(live)
  await engine.deploy((await migrationsIn(folder)).filter((m) => m.id === INIT))
  await live.client.query(`INSERT INTO "User" (email, name) SELECT g || '@x', 'name ' || g FROM generate_series(1, 3000) g`)
  await run(folder, ['rewrite', '--rename', 'User.name=fullName'])
  const { code, out } = await run(folder, ['deploy', '--database', live.url, '--format', 'json'])
  expect(code).toBe(0)
  const { applied } = JSON.parse(out) as { applied: string[] }
  expect(applied).toHaveLength(4)
  expect((await live.client.query(`SELECT FROM "User" WHERE "fullName" = name`)).rowCount).toBe(3000)
  const { rows } = await live.client.query(
    `SELECT plan, stage, finished_at IS NOT NULL AS done, run_by FROM expand_contract.step ORDER BY id`,
  )
  expect(rows).toEqual(applied.map(() => ({ plan: RENAME, stage: 'expand', done: true, run_by: expect.stringContaining('@') })))
  // Neither the ledger nor what the plan has put there is drift to Prisma.
  expect(await engine.deploy(await migrationsIn(folder))).toEqual([])
})

it('stops at what is not as the plan wrote it, before anything is changed', async () => {
  const folder = await rewritten()
  const live = await liveDatabase(server)
  const { put, contentOf } = await import('../../packages/cli/test/temp-folder.ts')
  const file = Object.keys(contentOf(folder)).find((name) => name.includes('_01_') && name.endsWith('.sql')) ?? ''
  const text = contentOf(folder)[file] ?? ''
  put(folder, { [file]: text.replace("lock_timeout = '2000ms'", "lock_timeout = '0'") })
  const env = { DATABASE_URL: live.url }
  const edited = await run(folder, ['deploy'], { env })
  expect(edited).toMatchObject({
    code: 2,
    err: expect.stringMatching(/was edited: it is step 01-\S+ of the plan .*no longer what the plan wrote/),
  })
  expect(edited.out + edited.err).not.toContain('secret')
  put(folder, { [file]: text.split('\n').slice(4).join('\n') })
  expect(await run(folder, ['deploy'], { env })).toMatchObject({ code: 2, err: expect.stringContaining('no longer says which step it is') })
  expect((await live.client.query(`SELECT to_regclass('"User"') AS there`)).rows).toEqual([{ there: null }])
})

it('stops, as Prisma does, at a database with tables of unknown origin, and at a migration that failed there', async () => {
  const folder = await rewritten()
  const live = await liveDatabase(server)
  const env = { DATABASE_URL: live.url }
  await live.client.query('CREATE TABLE other (a int)')
  expect(await run(folder, ['deploy'], { env })).toMatchObject({
    code: 2,
    err: expect.stringContaining('prisma migrate resolve --applied'),
  })
  await live.client.query('DROP TABLE other')
  const broken = folderWith({
    ...PRISMA_PROJECT,
    [`prisma/migrations/${RENAME}/migration.sql`]: 'CREATE TABLE a (b int);\nSELECT no_such();\n',
  })
  const stopped = await run(broken, ['deploy'], { env })
  expect(stopped).toMatchObject({ code: 1, out: expect.stringMatching(/function no_such\(\) does not exist \(42883\)/) })
  expect(stopped.out).toContain(`applied  ${INIT}`)
})
