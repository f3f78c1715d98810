import { type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { INIT, PRISMA_PROJECT, RENAME } from '../../packages/cli/test/prisma-project.ts'
import { folderWith } from '../../packages/cli/test/temp-folder.ts'
import { type Live, liveDatabase } from '../support/live.ts'
import { startPooler } from '../support/transaction-pooler.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

const INDEX = { [`prisma/migrations/${RENAME}/migration.sql`]: 'CREATE INDEX "User_name_idx" ON "User"("name");\n' }

/** A project at its first migration, applied, with rows; its second is rewritten and pending. */
async function started(files = PRISMA_PROJECT, answers: readonly string[] = ['--rename', 'User.name=fullName']) {
  const live = await liveDatabase(server)
  const env = { DATABASE_URL: live.url }
  const before = Object.entries(files).filter(([name]) => !name.includes(RENAME))
  await run(folderWith(Object.fromEntries(before)), ['deploy'], { env })
  await live.client.query(`INSERT INTO "User" (email, name) SELECT g || '@x', 'name ' || g FROM generate_series(1, 500) g`)
  const folder = folderWith(files)
  expect(await run(folder, ['rewrite', ...answers])).toMatchObject({ code: 0 })
  return { live, folder, env }
}

async function applied({ client }: Live): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('SELECT migration_name AS name FROM _prisma_migrations ORDER BY started_at')
  return rows.map((row) => row.name)
}

it('gives up in words where another session keeps it out, names it, and goes on when it is gone', async () => {
  const { live, folder, env } = await started()
  const other = await live.connect()
  await other.query(`SET application_name = 'nightly report'; BEGIN; SELECT count(*) FROM "User"`)
  const { code, err } = await run(folder, ['deploy', '--patience', '1'], { env })
  expect(code).toBe(2)
  const { rows } = await other.query('SELECT pg_backend_pid() AS pid')
  expect(err).toMatch(/got no lock: tried \d+ times/)
  expect(err).toContain(`pid ${rows[0].pid} "nightly report" of postgres, idle in transaction`)
  expect(err).toContain('SELECT count(*) FROM "User"')
  expect(await applied(live)).toEqual([INIT])
  const waiting = run(folder, ['deploy', '--patience', '60'], { env })
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await other.query('COMMIT')
  const { code: then, out } = await waiting
  expect(then).toBe(0)
  expect(out).toMatch(/no lock at try \d+, again in/)
  expect(out).toMatch(/applied {2}\S+_01_\S+ {2}\(.* tries\)/)
})

it('lets one of two work while the other waits, and finds nothing left to do', async () => {
  const { live, folder, env } = await started()
  const both = await Promise.all([run(folder, ['deploy'], { env }), run(folder, ['deploy'], { env })])
  expect(both.map((r) => [r.code, r.err])).toEqual([
    [0, ''],
    [0, ''],
  ])
  const names = await applied(live)
  expect(new Set(names).size).toBe(names.length)
  expect(both.filter((r) => r.out.includes('Nothing to apply'))).toHaveLength(1)
})

it('says who is at work where it may not wait', async () => {
  const { live, folder, env } = await started()
  // As `prisma migrate deploy` holds it.
  await (await live.connect()).query(`SET application_name = 'prisma'; SELECT pg_advisory_lock(72707369)`)
  const { code, err } = await run(folder, ['deploy', '--wait', '0'], { env })
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(/Another deploy is at work .*"prisma" of postgres/) })
})

it('refuses a pooler in transaction mode', async () => {
  const { live, folder } = await started()
  const pooler = await startPooler(await live.connect())
  onTestFinished(pooler.stop)
  const url = `postgresql://me@localhost/${live.name}?host=${encodeURIComponent(pooler.folder)}`
  const { code, err } = await run(folder, ['deploy', '--database', url])
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('a pooler that shares server sessions') })
  expect(await applied(live)).toEqual([INIT])
})

it('takes away what a broken-off index build left, and builds it again', async () => {
  const { live, folder, env } = await started({ ...PRISMA_PROJECT, ...INDEX }, [])
  const writer = await live.connect()
  await writer.query(`BEGIN; UPDATE "User" SET name = name WHERE id = 1`)
  const broken = run(folder, ['deploy'], { env })
  for (let pid: number | undefined; pid === undefined; ) {
    const { rows } = await live.client.query(`SELECT pid FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for writers%'`)
    pid = rows[0]?.pid
    if (pid !== undefined) await live.client.query('SELECT pg_terminate_backend($1)', [pid])
    else await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(await broken).toMatchObject({ code: 2, err: expect.stringContaining('Run the same command again') })
  await writer.query('COMMIT')
  const indexes = `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('"User_name_idx"')`
  expect((await live.client.query(indexes)).rows).toEqual([{ valid: false }])
  const { code, out } = await run(folder, ['deploy'], { env })
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('the invalid index "User_name_idx"') })
  expect((await live.client.query(indexes)).rows).toEqual([{ valid: true }])
})
