import path from 'node:path'
import { type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { contentOf, folderWith, put } from '../../packages/cli/test/temp-folder.ts'
import { schemaLines } from '../../packages/drizzle/test/support/database.ts'
import { migrator } from '../../packages/drizzle/test/support/migrator.ts'
import { drizzleProject } from '../support/drizzle-project.ts'
import { type Live, liveDatabase } from '../support/live.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

/** Drizzle's table without what differs by the hour. */
async function records({ client }: Live, more = '') {
  return (await client.query(`SELECT id, hash, created_at${more} FROM drizzle.__drizzle_migrations ORDER BY id`)).rows
}

describe.each([0, 1] as const)('Drizzle of generation %i', (version) => {
  const migrate = migrator(version)
  const more = version === 1 ? ', name, applied_at IS NOT NULL AS applied' : ''

  it("applies an ordinary history with the same rows and the same schema as Drizzle's own migrator", async () => {
    const folder = folderWith(drizzleProject(version).files)
    const [ours, theirs] = [await liveDatabase(server), await liveDatabase(server)]
    expect(await run(folder, ['deploy'], { env: { SHOP_URL: ours.url } })).toMatchObject({ code: 0, err: '' })
    await migrate(theirs.client, path.join(folder, 'drizzle'))
    expect(await records(ours, more)).toEqual(await records(theirs, more))
    expect(await records(ours)).toHaveLength(3)
    expect(await schemaLines(ours.client)).toEqual(await schemaLines(theirs.client))
  })

  it('runs the steps at which the migrator stops, also on an empty database, and leaves the migrator nothing to do', async () => {
    const folder = folderWith(drizzleProject(version).files)
    const live = await liveDatabase(server)
    expect(await run(folder, ['rewrite'])).toMatchObject({ code: 0, out: expect.stringContaining('npx expand-contract deploy') })
    const stopped = await migrate(live.client, path.join(folder, 'drizzle')).then(
      () => '',
      (error: Error & { cause?: Error }) => error.cause?.message ?? error.message,
    )
    expect(stopped).toMatch(/^Nothing was changed\. .*npx expand-contract deploy/)
    const { code, out, err } = await run(folder, ['deploy', '--database', live.url])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/Applied \d+ migrations\./)
    const [after, rows] = [await schemaLines(live.client), await records(live, more)]
    expect(after).toEqual(expect.arrayContaining(['users.full_name text not null', 'users.name text not null']))
    await migrate(live.client, path.join(folder, 'drizzle'))
    expect(await records(live, more)).toEqual(rows)
    expect(await schemaLines(live.client)).toEqual(after)
    expect(rows).toHaveLength(Object.keys(contentOf(folder)).filter((f) => f.startsWith('drizzle/') && f.endsWith('.sql')).length)
  })
})

it('finds a contract that the migrator of 0.3x would pass over, because another branch was deployed first', async () => {
  const folder = folderWith(drizzleProject(0).files)
  const live = await liveDatabase(server)
  const database = ['--database', live.url]
  expect(await run(folder, ['rewrite'])).toMatchObject({ code: 0 })
  const journal = 'drizzle/meta/_journal.json'
  const before = JSON.parse(contentOf(folder)[journal] ?? '')
  expect(await run(folder, ['contract', 'rename', '--yes'])).toMatchObject({ code: 0, err: '' })
  const [contract] = JSON.parse(contentOf(folder)[journal] ?? '').entries.slice(-1)
  const other = { ...contract, when: contract.when + 1000, tag: '9999_other' }
  put(folder, { 'drizzle/9999_other.sql': 'CREATE TABLE "other" ();\n' })
  put(folder, { [journal]: JSON.stringify({ ...before, entries: [...before.entries, other] }) })
  expect(await run(folder, ['deploy', ...database])).toMatchObject({ code: 0, err: '' })
  // The branches are merged.
  put(folder, { [journal]: JSON.stringify({ ...before, entries: [...before.entries, other, contract] }) })
  await migrator(0)(live.client, path.join(folder, 'drizzle'))
  expect(await schemaLines(live.client)).toContain('users.name text not null')
  expect(await run(folder, ['status'])).toMatchObject({ code: 1, out: expect.stringMatching(/stands behind 9999_other in\s+the journal/) })
  expect(await run(folder, ['status', ...database])).toMatchObject({ code: 1, out: expect.stringContaining('was passed over') })
  const stopped = await run(folder, ['deploy', ...database])
  expect(stopped).toMatchObject({
    code: 2,
    err: expect.stringContaining('INSERT INTO "drizzle"."__drizzle_migrations" (hash, created_at)'),
  })
  // As it says: a time of its own.
  const entries = [...before.entries, other, { ...contract, when: contract.when + 2000 }]
  put(folder, { [journal]: JSON.stringify({ ...before, entries }) })
  expect(await run(folder, ['deploy', ...database])).toMatchObject({ code: 0, err: '' })
  expect(await schemaLines(live.client)).not.toContain('users.name text not null')
  expect(await run(folder, ['status', ...database])).toMatchObject({ code: 0 })
})

it('brings the table of 0.3x up to date as the migrator of v1 does', async () => {
  const { files, init } = drizzleProject(1)
  const folder = folderWith(files)
  const [ours, theirs] = [await liveDatabase(server), await liveDatabase(server)]
  for (const { client } of [ours, theirs]) {
    await client.query(
      `CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`,
    )
    await client.query(files[`drizzle/${init}/migration.sql`] ?? '')
    await client.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
      'other',
      Date.UTC(2026, 0, 5, 10, 15),
    ])
  }
  expect(await run(folder, ['deploy', '--database', ours.url])).toMatchObject({ code: 0, err: '' })
  await migrator(1)(theirs.client, path.join(folder, 'drizzle'))
  const more = ', name, applied_at IS NOT NULL AS applied'
  expect(await records(ours, more)).toEqual(await records(theirs, more))
  expect((await records(ours, more))[0]).toMatchObject({ name: init, applied: false })
})

it('keeps its records in the table that the configuration names', async () => {
  const { files } = drizzleProject(0)
  const config = (files['drizzle.config.ts'] ?? '').replace('dbCredentials', `migrations: { schema: 'ops', table: 'done' }, dbCredentials`)
  const folder = folderWith({ ...files, 'drizzle.config.ts': config })
  const live = await liveDatabase(server)
  expect(await run(folder, ['deploy', '--database', live.url])).toMatchObject({ code: 0, err: '' })
  expect((await live.client.query('SELECT FROM ops.done')).rowCount).toBe(3)
  expect(await run(folder, ['deploy', '--database', live.url])).toMatchObject({ out: expect.stringContaining('Nothing to apply') })
})
