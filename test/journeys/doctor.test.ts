import { type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { PRISMA_PROJECT, RENAME } from '../../packages/cli/test/prisma-project.ts'
import { folderWith } from '../../packages/cli/test/temp-folder.ts'
import { liveDatabase, urlOf } from '../support/live.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

it('finds nothing on a sound database, then what is broken, and changes nothing', async () => {
  const live = await liveDatabase(server)
  const env = { DATABASE_URL: live.url }
  const before = Object.fromEntries(Object.entries(PRISMA_PROJECT).filter(([name]) => !name.includes(RENAME)))
  await run(folderWith(before), ['deploy'], { env })
  await live.client.query(`INSERT INTO "User" (email, name) SELECT g || '@x', 'name' FROM generate_series(1, 90000) g; ANALYZE`)
  const folder = folderWith(PRISMA_PROJECT)
  await run(folder, ['rewrite', '--rename', 'User.name=fullName'])
  const sound = await run(folder, ['doctor'], { env })
  expect(sound).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Nothing stands in the way.') })
  expect(sound.out).toMatch(
    /ok +step 02-backfill: "User": \d+ MB, about 90,000 rows; (a moment|some \d+ s), in short batches at about [\d,]+ rows a second.*; up to \d+ MB more of disk and 45 MB of WAL/,
  )
  expect(sound.out).toMatch(/ok +long transactions: no other transaction is open/)
  expect(sound.out).toMatch(
    /Before a deploy\n[\s\S]*\n\nWhat it will do\n[\s\S]*\n\nWhat earlier deploys left\nok +constraints that are not validated: none\n/,
  )
  expect((await live.client.query(`SELECT to_regnamespace('expand_contract') AS ledger`)).rows).toEqual([{ ledger: null }])

  await live.client.query(`CREATE TABLE twice AS SELECT 1 AS a FROM generate_series(1, 2)`)
  await live.client.query('CREATE UNIQUE INDEX CONCURRENTLY twice_a ON twice (a)').catch(() => undefined)
  await live.client.query(`SELECT pg_create_physical_replication_slot('forgotten_${live.name}', true)`)
  await live.client.query(`CREATE ROLE "poor ${live.name}" LOGIN PASSWORD 'x'`)
  await live.client.query(`GRANT SELECT ON _prisma_migrations TO "poor ${live.name}"`)
  const poor = urlOf(Object.assign(Object.create(live.client), { user: `poor ${live.name}`, password: 'x' }), live.name)
  try {
    const { code, out } = await run(folder, ['doctor', '--database', poor, '--format', 'json'])
    const { lines } = JSON.parse(out) as { lines: { about: string; finding?: string }[] }
    const found = Object.fromEntries(lines.flatMap(({ about, finding }) => (finding === undefined ? [] : [[about, finding]])))
    expect(code).toBe(1)
    expect(found).toMatchObject({
      'replication slots': expect.stringContaining(`pg_drop_replication_slot('forgotten_${live.name}')`),
      'invalid indexes': expect.stringContaining('DROP INDEX CONCURRENTLY twice_a'),
      ledger: expect.stringContaining('CREATE SCHEMA expand_contract AUTHORIZATION'),
      'step 01-add-full-name': expect.stringMatching(/belongs to postgres, and only its owner may change it/),
    })
    expect(Object.keys(found)).not.toContain('step 02-backfill')
  } finally {
    await live.client.query(`SELECT pg_drop_replication_slot('forgotten_${live.name}')`)
    await live.client.query(`DROP OWNED BY "poor ${live.name}"; DROP ROLE "poor ${live.name}"`)
  }
})
