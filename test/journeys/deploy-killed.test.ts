import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { introspect, type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { PRISMA_PROJECT, RENAME } from '../../packages/cli/test/prisma-project.ts'
import { folderWith } from '../../packages/cli/test/temp-folder.ts'
import { type Live, liveDatabase } from '../support/live.ts'

const BIN = fileURLToPath(new URL('../../packages/cli/src/bin.ts', import.meta.url))
const WORKSPACE = path.resolve(fileURLToPath(new URL('../..', import.meta.url)))

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

/** Runs the command as a process of its own; `kill` says when to end it with SIGKILL. */
async function deploy(folder: string, url: string, kill: () => Promise<boolean>): Promise<{ code: number | null; out: string }> {
  const tsx = import.meta.resolve('tsx')
  const child = spawn(process.execPath, ['--conditions=expand-contract-source', '--import', tsx, BIN, 'deploy', '--project', folder], {
    cwd: WORKSPACE,
    env: { ...process.env, DATABASE_URL: url },
  })
  let out = ''
  child.stdout.on('data', (data) => {
    out += data
  })
  child.stderr.on('data', (data) => {
    out += data
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  while (!isOver) {
    if (await kill()) child.kill('SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { code: await ended, out }
}

async function started(): Promise<{ live: Live; folder: string }> {
  const live = await liveDatabase(server)
  const before = Object.fromEntries(Object.entries(PRISMA_PROJECT).filter(([name]) => !name.includes(RENAME)))
  await run(folderWith(before), ['deploy', '--database', live.url])
  await live.client.query(`INSERT INTO "User" (email, name) SELECT g || '@x', 'name ' || g FROM generate_series(1, 20000) g`)
  const folder = folderWith(PRISMA_PROJECT)
  await run(folder, ['rewrite', '--rename', 'User.name=fullName'])
  return { live, folder }
}

it('is killed again and again, and comes to the same end', async () => {
  const [{ live, folder }, whole] = [await started(), await started()]
  expect(await run(whole.folder, ['deploy', '--database', whole.live.url])).toMatchObject({ code: 0 })
  // One kill as soon as there is something new: a begun step, a batch, a step that is done.
  let seen = ''
  let kills = 0
  const isNew = async (): Promise<boolean> => {
    const steps = await live.client
      .query(`SELECT concat((SELECT count(*) FROM expand_contract.step), ' ', (SELECT count(finished_at) FROM expand_contract.step), ' ',
        (SELECT least(2, count(*)) FROM expand_contract.backfill_range WHERE rows > 0)) AS now`)
      .catch(() => ({ rows: [] }))
    const now: string = steps.rows[0]?.now ?? seen
    if (now === seen || kills >= 4) return false
    seen = now
    kills++
    return true
  }
  let last: { code: number | null; out: string } = { code: null, out: '' }
  for (let runs = 0; last.code !== 0 && runs < 8; runs++) last = await deploy(folder, live.url, isNew)
  expect(last).toMatchObject({ code: 0 })
  expect(kills).toBeGreaterThanOrEqual(3)
  expect(await introspect(live.client)).toEqual(await introspect(whole.live.client))
  const rows = `SELECT md5(string_agg(concat(id, name, "fullName", email), ',' ORDER BY id)) AS sum, count(*) FROM "User"`
  expect((await live.client.query(rows)).rows).toEqual((await whole.live.client.query(rows)).rows)
  const records = 'SELECT migration_name, checksum, applied_steps_count, logs FROM _prisma_migrations ORDER BY 1'
  expect((await live.client.query(records)).rows).toEqual((await whole.live.client.query(records)).rows)
  expect((await live.client.query('SELECT FROM expand_contract.step WHERE finished_at IS NULL')).rowCount).toBe(0)
}, 300_000)

it('deploys the contract when it is released, and the way back where it is not', async () => {
  const [{ live, folder }, back] = [await started(), await started()]
  const env = { DATABASE_URL: live.url }
  const before = await introspect(back.live.client)
  for (const each of [{ live, folder }, back])
    expect(await run(each.folder, ['deploy', '--database', each.live.url])).toMatchObject({ code: 0 })
  expect(await run(folder, ['contract', RENAME, '--yes'])).toMatchObject({ code: 0 })
  const there = async () => (await run(folder, ['status', '--database'], { env })).out
  expect(await there()).toContain('in the database: 4 of 5 migrations are applied')
  const { code, out } = await run(folder, ['deploy'], { env })
  expect({ code, out: out.split('\n').at(-2) }).toEqual({ code: 0, out: 'Applied 1 migration.' })
  expect(await there()).toContain('in the database: all of it is applied')
  const { tables } = await introspect(live.client)
  expect(tables.get('"public"."User"')?.columns.map((c) => c.name)).toEqual(['id', 'email', 'fullName'])

  expect(await run(back.folder, ['undo', RENAME, '--yes'])).toMatchObject({ code: 0 })
  expect(await run(back.folder, ['deploy', '--database', back.live.url])).toMatchObject({ code: 0 })
  expect(await introspect(back.live.client)).toEqual(before)
  const { rows } = await back.live.client.query('SELECT count(*)::int AS n FROM expand_contract.step WHERE undone_at IS NULL')
  expect(rows).toEqual([{ n: 0 }])
})
