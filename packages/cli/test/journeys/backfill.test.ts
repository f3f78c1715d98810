import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Plan } from '@expand-contract/core'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Embedded, startEmbedded } from '../../../postgres/src/embedded.ts'
import { run } from '../captured-io.ts'
import { INIT, PRISMA_PROJECT, RENAME } from '../prisma-project.ts'
import { folderWith } from '../temp-folder.ts'

const ROWS = 3_000
let server: Embedded
let client: pg.Client
let url: string
let name = 0

beforeAll(async () => {
  server = await startEmbedded()
})
afterAll(() => server.stop())

/** A database of its own for each test, in which the first migration is applied and the table has rows. */
beforeEach(async () => {
  const admin = new pg.Client({ ...server.config, database: 'postgres' })
  await admin.connect()
  await admin.query(`CREATE DATABASE app_${++name}`)
  await admin.end()
  const { host, port, password } = server.config
  url = `postgresql://postgres:${password}@${encodeURIComponent(host ?? '')}:${port}/app_${name}`
  client = new pg.Client({ ...server.config, database: `app_${name}` })
  await client.connect()
  await client.query(PRISMA_PROJECT[`prisma/migrations/${INIT}/migration.sql`] ?? '')
  await client.query(`INSERT INTO "User" (email, name) SELECT i || '@example.com', 'name ' || i FROM generate_series(1, ${ROWS}) i`)
  return () => client.end()
})

/** A project with a rewritten rename, of which the first step is applied by hand. */
async function begun(): Promise<{ folder: string; backfill: string }> {
  const folder = folderWith(PRISMA_PROJECT)
  await run(folder, ['rewrite', '--rename', 'User.name=fullName'])
  const plan: Plan = JSON.parse(readFileSync(`${folder}/prisma/expand-contract/${RENAME}/plan.json`, 'utf8'))
  const [first, second] = plan.stages[0].steps
  if (first?.kind !== 'ddl' || second?.kind !== 'backfill') throw new Error('the plan of a rename begins otherwise')
  for (const sql of first.sql) await client.query(sql)
  return { folder, backfill: second.id }
}

it('fills a table, compares both sides, and repairs what differs', async () => {
  const { folder, backfill } = await begun()
  const early = await run(folder, ['backfill'], { env: { DATABASE_URL: url } })
  expect(early).toMatchObject({ code: 2, err: expect.stringContaining(`npx expand-contract backfill ${RENAME} --step ${backfill}`) })

  const filled = await run(folder, ['backfill', 'rename', '--step', backfill, '--workers', '2', '--database', url])
  expect(filled.err).not.toContain('bug')
  expect(filled).toMatchObject({ code: 0, out: expect.stringContaining(`${ROWS} rows changed by this run`) })
  expect((await client.query(`SELECT FROM "User" WHERE "fullName" IS DISTINCT FROM name`)).rowCount).toBe(0)

  const same = await run(folder, ['backfill', '--verify', '--database', url])
  expect(same).toMatchObject({
    code: 0,
    out: expect.stringMatching(new RegExp(`${ROWS} rows in 1 range, checksums (-?\\d+) and \\1\\. No difference`)),
  })
  // As nothing but a bug could: past the trigger, and past the check that watches it.
  const { rows: checks } = await client.query(`SELECT conname FROM pg_constraint WHERE conrelid = '"User"'::regclass AND contype = 'c'`)
  for (const { conname } of checks) await client.query(`ALTER TABLE "User" DROP CONSTRAINT "${conname}"`)
  await client.query(
    `ALTER TABLE "User" DISABLE TRIGGER USER; UPDATE "User" SET "fullName" = 'x' WHERE id = 77; ALTER TABLE "User" ENABLE TRIGGER USER`,
  )
  const differs = await run(folder, ['backfill', '--verify', '--json', '--database', url])
  expect(differs.code).toBe(1)
  expect(JSON.parse(differs.out)).toMatchObject({ event: 'verified', steps: [{ different: 1, keys: [['77']] }] })

  const repaired = await run(folder, ['backfill', '--step', backfill, '--json', '--database', url])
  expect(repaired.code).toBe(0)
  const lines = repaired.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.at(-1)).toMatchObject({ event: 'end', results: [{ step: backfill, changed: 1, left: 0, refused: [], stopped: false }] })
  expect(lines.slice(0, -1).every((line) => line.event === 'progress')).toBe(true)
})

it("goes by the ORM's own records where the ORM applied the steps before it", async () => {
  const { folder, backfill } = await begun()
  const env = { DATABASE_URL: url }
  await client.query(
    'CREATE TABLE _prisma_migrations (id text, migration_name text, started_at timestamptz, finished_at timestamptz, rolled_back_at timestamptz)',
  )
  const names = readdirSync(`${folder}/prisma/migrations`)
    .filter((name) => name !== 'migration_lock.toml')
    .sort()
  for (const [i, id] of names.slice(0, 2).entries())
    await client.query(`INSERT INTO _prisma_migrations VALUES ($1, $1, to_timestamp($2), now(), NULL)`, [id, i])
  expect(await run(folder, ['contract', RENAME, '--database', '--yes'], { env })).toMatchObject({
    code: 2,
    err: expect.stringContaining(`${backfill}, `),
  })
  expect(await run(folder, ['backfill', '--speed', '1'], { env })).toMatchObject({ code: 0, out: expect.stringContaining('at 100 %') })
  expect(await run(folder, ['backfill'], { env })).toMatchObject({ code: 0, out: expect.stringContaining(`${ROWS} rows changed`) })
  expect(await run(folder, ['status', '--database'], { env })).toMatchObject({ out: expect.stringContaining('1 of 4 migrations') })
  for (const [i, id] of names.slice(2).entries())
    await client.query(`INSERT INTO _prisma_migrations VALUES ($1, $1, to_timestamp($2), now(), NULL)`, [id, i + 2])
  expect(await run(folder, ['contract', RENAME, '--database', '--yes'], { env })).toMatchObject({ code: 0, err: '' })
})

it('pauses, goes on and ends early when it is told to from elsewhere', async () => {
  const { folder, backfill } = await begun()
  const args = ['backfill', '--step', backfill, '--database', url]
  expect(await run(folder, [...args, '--pause'])).toMatchObject({ code: 0, out: expect.stringContaining('pauses') })
  let ended = false
  const running = run(folder, args).finally(() => {
    ended = true
  })
  await sleep(1_500)
  expect(ended).toBe(false)
  expect((await client.query(`SELECT FROM "User" WHERE "fullName" IS NOT NULL`)).rowCount).toBe(0)
  await run(folder, [...args, '--cancel'])
  expect(await running).toMatchObject({ code: 130, out: expect.stringContaining('with --resume first') })
  await run(folder, [...args, '--resume', '--speed', '0.5'])
  expect(await run(folder, args)).toMatchObject({ code: 0 })
})

it('says which rows are refused, and that what comes after must wait', async () => {
  const { folder, backfill } = await begun()
  await client.query(`ALTER TABLE "User" ADD CHECK ("fullName" <> 'name 7')`)
  const { code, out } = await run(folder, ['backfill', '--step', backfill, '--database', url])
  expect(code).toBe(1)
  expect(out).toContain('(7) is refused: new row for relation "User" violates check constraint')
  expect(out).toContain('Correct these rows')
})

it('never prints the URL of a database', async () => {
  const { folder } = await begun()
  const { code, out, err } = await run(folder, ['backfill', '--database', 'postgresql://me:secret@127.0.0.1:1/none'])
  expect(code).toBe(2)
  expect(out + err).not.toContain('secret')
  expect(await run(folder, ['backfill'])).toMatchObject({ code: 2, err: expect.stringContaining('DATABASE_URL') })
})
