import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Server, shadowName, startServer } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { folderWith, put } from '../../packages/cli/test/temp-folder.ts'
import type { RunScript } from '../../packages/prisma/test/support/connection.ts'
import { type Engine, type MigrationText, startEngine } from '../../packages/prisma/test/support/engine.ts'
import { eachStatement, wholeFile } from '../../packages/prisma/test/support/run-script.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

const HEAD = 'datasource db {\n  provider = "postgresql"\n}\n\n'

const BEFORE = `${HEAD}enum Role {
  USER
  ADMIN
  GUEST
}

model Post {
  id       Int    @id @default(autoincrement())
  slug     String @unique
  authorId Int
  author   User   @relation(fields: [authorId], references: [id])
  views    Int    @default(0)

  @@index([authorId])
}

model User {
  id    Int     @id @default(autoincrement())
  role  Role    @default(GUEST)
  bio   String?
  posts Post[]
}
`

/** A renamed column with its unique key, one with a foreign key and an index, a wider type, a dropped column, a required one, a value less. */
const AFTER = BEFORE.replace('  GUEST\n', '')
  .replace('slug     String @unique', 'link     String @unique // the address')
  .replace('authorId Int\n', 'ownerId  Int\n')
  .replace('author   User   @relation(fields: [authorId]', 'owner    User   @relation(fields: [ownerId]')
  .replace('[authorId]', '[ownerId]')
  .replace('views    Int   ', 'views    BigInt')
  .replace('@default(GUEST)', '@default(USER)')
  .replace('  bio   String?\n', '  country String\n')

const ANSWERS = [
  '--rename',
  'Post.slug=link',
  '--rename',
  'Post.authorId=ownerId',
  '--drop',
  'User.bio',
  '--fill',
  "User.country='US'",
  '--value',
  'Role.GUEST=USER',
]

interface Project {
  readonly folder: string
  readonly engine: Engine
  readonly client: Client
  /** Applies what is in the folder. */
  deploy(): Promise<void>
  /** What `prisma migrate dev` would write now, of the schema that is in the folder. */
  next(): Promise<string | null>
}

/** A project whose first migration is applied, with rows, and whose second is rewritten and applied. */
async function expanded(send: RunScript): Promise<Project> {
  const name = shadowName()
  await server.create(name)
  const engine = await startEngine(server, name, BEFORE, send)
  const client = await server.connect(name)
  onTestFinished(async () => {
    await client.end()
    await engine.close()
    await server.drop(name)
  })
  const first = { id: '20260101000000_init', sql: (await engine.create([], BEFORE)) ?? '' }
  await engine.deploy([first])
  await client.query(
    `INSERT INTO "User" (role, bio) SELECT (ARRAY['USER','ADMIN','GUEST']::"Role"[])[g % 3 + 1], 'bio' FROM generate_series(1, 30) g`,
  )
  await client.query(`INSERT INTO "Post" (slug, "authorId", views) SELECT 'slug ' || g, g, g FROM generate_series(1, 30) g`)
  const folder = folderWith({
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    [`prisma/migrations/${first.id}/migration.sql`]: first.sql,
    'prisma/migrations/20260102000000_change/migration.sql': (await engine.create([first], AFTER)) ?? '',
    'prisma/schema.prisma': AFTER,
  })
  expect(await run(folder, ['rewrite', ...ANSWERS, '--yes'])).toMatchObject({ code: 0, err: '' })
  const deploy = async (): Promise<void> => void (await engine.deploy(await migrationsIn(folder)))
  await deploy()
  return { folder, engine, client, deploy, next: async () => engine.create(await migrationsIn(folder), await schemaIn(folder)) }
}

async function migrationsIn(folder: string): Promise<MigrationText[]> {
  const at = path.join(folder, 'prisma/migrations')
  const ids = (await readdir(at, { withFileTypes: true })).filter((e) => e.isDirectory()).map((e) => e.name)
  return Promise.all(ids.sort().map(async (id) => ({ id, sql: await readFile(path.join(at, id, 'migration.sql'), 'utf8') })))
}

async function schemaIn(folder: string): Promise<string> {
  return readFile(path.join(folder, 'prisma/schema.prisma'), 'utf8')
}

async function leftOvers(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)::int + (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)::int
      + (SELECT count(*) FROM pg_class WHERE relname LIKE 'ec\\_%')::int + (SELECT count(*) FROM pg_constraint WHERE conname LIKE 'ec\\_%')::int AS n`,
  )
  return rows[0]?.n ?? -1
}

describe('Prisma’s engine', { timeout: 300_000 }, () => {
  it('finds nothing to do at any stage, and the contract ends where its own migration would, the data kept', async () => {
    const { folder, client, deploy, next } = await expanded(eachStatement)
    expect(await next()).toBeNull()
    await client.query(`INSERT INTO "User" (id, role, bio) VALUES (90, 'GUEST', 'old code')`)
    await client.query(`INSERT INTO "User" (id, role, country) VALUES (91, 'ADMIN', 'new code')`)
    await client.query(`INSERT INTO "Post" (slug, "authorId") VALUES ('old code', 90)`)
    await client.query(`INSERT INTO "Post" (link, "ownerId") VALUES ('new code', 91)`)
    expect(await run(folder, ['contract', 'change', '--yes'])).toMatchObject({ code: 0, err: '' })
    expect(await schemaIn(folder)).toBe(AFTER)
    await deploy()
    expect(await next()).toBeNull()
    expect(await leftOvers(client)).toBe(0)
    const { rows } = await client.query(
      `SELECT count(*)::int AS posts, count(DISTINCT link)::int AS links, count(*) FILTER (WHERE role = 'USER')::int AS users, count(country)::int AS countries
         FROM "Post" JOIN "User" u ON u.id = "ownerId"`,
    )
    expect(rows).toEqual([{ posts: 32, links: 32, users: 21, countries: 32 }])
    expect(await run(folder, ['status', '--format', 'json'])).toMatchObject({ code: 0, out: expect.stringContaining('"released"') })
  })

  it('finds nothing to do after the undo either', async () => {
    const { folder, client, deploy, next } = await expanded(wholeFile)
    await client.query(`UPDATE "Post" SET link = 'by new code' WHERE id = 1`)
    expect(await run(folder, ['undo', 'change', '--yes'])).toMatchObject({ code: 0, err: '' })
    await deploy()
    expect(await next()).toBeNull()
    expect(await leftOvers(client)).toBe(0)
    const { rows } = await client.query(`SELECT slug FROM "Post" WHERE "authorId" = 1`)
    expect(rows).toEqual([{ slug: 'by new code' }])
    // The schema says what it said before the change; only its order is another.
    put(folder, { 'prisma/schema.prisma': BEFORE })
    expect(await next()).toBeNull()
  })
})
