import { type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { contentOf, folderWith, put } from '../../packages/cli/test/temp-folder.ts'
import { type MigrationText, startEngine } from '../../packages/prisma/test/support/engine.ts'
import { eachStatement } from '../../packages/prisma/test/support/run-script.ts'
import { liveDatabase } from '../support/live.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

const HEAD = 'datasource db {\n  provider = "postgresql"\n}\n\n'
const USER = `model User {
  id   Int    @id @default(autoincrement())
  name String
%}

`
const BIO = '  bio  String?\n  mood Mood?\n'
const NOTES = `enum Mood {
  happy
  sad
}

model Note {
  id   Int    @id @default(autoincrement())
  text String @unique
}

model Sticker {
  id   Int  @id
  mood Mood
}
`
const BEFORE = HEAD + USER.replace('%', BIO) + NOTES
const AFTER = HEAD + USER.replace('%', '')

/** A project in which columns, tables and a type are dropped, deployed up to its contract, which is released. */
async function contracted() {
  const live = await liveDatabase(server)
  const engine = await startEngine(server, live.name, BEFORE, eachStatement)
  onTestFinished(() => engine.close())
  const env = { DATABASE_URL: live.url }
  const first = { id: '20260101000000_init', sql: (await engine.create([], BEFORE)) ?? '' }
  const folder = folderWith({
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    [`prisma/migrations/${first.id}/migration.sql`]: first.sql,
    'prisma/schema.prisma': BEFORE,
  })
  const deploy = async (...more: string[]) => run(folder, ['deploy', ...more], { env })
  expect(await deploy()).toMatchObject({ code: 0 })
  await live.client.query(`INSERT INTO "User" (name, bio, mood) SELECT 'n' || g, 'bio ' || g, 'sad' FROM generate_series(1, 500) g;
    INSERT INTO "Note" (text) SELECT 'note ' || g FROM generate_series(1, 20) g; INSERT INTO "Sticker" VALUES (7, 'happy')`)
  const generate = async (name: string, schema: string): Promise<void> => {
    put(folder, {
      'prisma/schema.prisma': schema,
      [`prisma/migrations/${name}/migration.sql`]: (await engine.create(migrationsIn(folder), schema)) ?? '',
    })
  }
  await generate('20260102000000_drop', AFTER)
  expect(await run(folder, ['rewrite', '--drop', 'User.bio', '--drop', 'User.mood', '--yes'])).toMatchObject({ code: 0, err: '' })
  expect(await deploy()).toMatchObject({ code: 0, err: '' })
  expect(await run(folder, ['contract', 'drop', '--yes'])).toMatchObject({ code: 0, err: '' })
  return { ...live, folder, env, deploy, generate, next: () => engine.create(migrationsIn(folder), AFTER) }
}

function migrationsIn(folder: string): MigrationText[] {
  return Object.entries(contentOf(folder))
    .flatMap(([file, sql]) => (/^prisma\/migrations\/.*\.sql$/.test(file) ? [{ id: file.split('/')[2] ?? '', sql }] : []))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

const KEPT = `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'expand_contract'::regnamespace AND c.relname ~ '^_(backup|deprecated)' AND relkind = 'r' ORDER BY 1`

it('keeps what a contract takes away where Prisma does not look, brings it back into what is there again, and removes it in the end', async () => {
  const { client, folder, env, deploy, generate, next } = await contracted()
  const examined = await run(folder, ['doctor'], { env })
  expect(examined.out).toMatch(/takes away bio of "User" for good, but for deploy --keep copy, which needs about \d+ kB/)
  // A restore point that leads nowhere is no protection: nothing is taken away.
  expect(await deploy('--keep', 'restore-point')).toMatchObject({ code: 2, err: expect.stringContaining('archive_mode is off') })
  expect((await client.query(`SELECT count(bio)::int AS n FROM "User"`)).rows).toEqual([{ n: 500 }])
  const released = await deploy('--keep', 'soft-drop')
  expect(released).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('bio of "public"."User" in _backup_User_20260102000000_drop (500 rows)'),
  })
  // The type of a sticker's column is dropped too, so its table can't stay, but a copy can.
  expect((await client.query(KEPT)).rows.map((r) => r.relname)).toEqual([
    '_backup_Sticker_20260102000000_drop',
    '_backup_User_20260102000000_drop',
    '_backup_public_User_20260102000000_drop_02-drop-mood',
    '_deprecated_Note_20260102000000_drop',
  ])
  expect(await next()).toBeNull()
  const early = await run(folder, ['restore', 'drop'], { env })
  expect(early).toMatchObject({ code: 1, out: expect.stringContaining('the table must be there again first') })

  await generate('20260103000000_back', BEFORE)
  expect(await deploy()).toMatchObject({ code: 0, err: '' })
  await client.query(
    `UPDATE "User" SET bio = 'by new code' WHERE id = 7; DELETE FROM "User" WHERE id = 8; INSERT INTO "User" (name) VALUES ('late')`,
  )
  const { code, out } = await run(folder, ['restore', 'drop'], { env })
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('bio of User: 498 rows') })
  const count = `SELECT count(*) FILTER (WHERE bio = 'bio ' || id AND mood = 'sad')::int AS same, count(*) FILTER (WHERE bio = 'by new code' AND mood = 'sad')::int AS new, count(*)::int AS n FROM "User"`
  expect((await client.query(count)).rows).toEqual([{ same: 498, new: 1, n: 500 }])
  expect((await client.query(`SELECT count(*)::int AS n FROM "Note" WHERE text = 'note ' || id`)).rows).toEqual([{ n: 20 }])
  expect((await client.query(`SELECT * FROM "Sticker"`)).rows).toEqual([{ id: 7, mood: 'happy' }])
  // The sequence goes on behind what came back.
  expect((await client.query(`INSERT INTO "Note" (text) VALUES ('next') RETURNING id`)).rows).toEqual([{ id: 21 }])
  expect(await run(folder, ['restore', 'drop', '--overwrite'], { env })).toMatchObject({
    code: 0,
    out: expect.stringContaining('bio of User: 1 row\n'),
  })
  expect((await client.query(count)).rows).toMatchObject([{ same: 499, new: 0 }])

  expect((await run(folder, ['doctor'], { env })).out).toMatch(
    /begun steps: every step that was begun is done[\s\S]*what deploys have kept: 4, 1 MB, the oldest for 0 days/,
  )
  await client.query(`UPDATE expand_contract.kept SET kept_at = kept_at - interval '31 days' WHERE of_table = 'Note'`)
  expect(await run(folder, ['clean'], { env })).toMatchObject({
    code: 2,
    err: expect.stringContaining('clean --yes'),
    out: expect.stringMatching(/due +the table Note, by 20260102000000_drop, 31 days ago/),
  })
  expect(await run(folder, ['clean', 'drop', '--yes'], { env })).toMatchObject({ code: 0, out: expect.stringContaining('Removed 1 thing') })
  expect((await client.query(KEPT)).rows).toHaveLength(3)
})
