import { type Server, shadowName, startServer } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { run } from '../captured-io.ts'
import { INIT, PRISMA_PROJECT } from '../prisma-project.ts'
import { contentOf, folderWith, put } from '../temp-folder.ts'

const HIDDEN = '20260201000000_hidden'
const NEWEST = '20260301000000_index'
const migration = (id: string) => `prisma/migrations/${id}/migration.sql`
const UNSEEN = `DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN nick text', (SELECT tablename FROM pg_tables WHERE tablename = 'user_x')); END $$;\n`

/** What the hidden migration did, as only the database knows. */
const PROJECT = {
  'prisma/schema.prisma': PRISMA_PROJECT['prisma/schema.prisma'] ?? '',
  'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
  [migration(INIT)]: 'CREATE TABLE "user_x" (\n  "id" SERIAL PRIMARY KEY,\n  "email" TEXT NOT NULL\n);\n',
  [migration(HIDDEN)]: UNSEEN,
  [migration(NEWEST)]: 'CREATE INDEX "user_x_nick_idx" ON "user_x"("nick");\n',
}

const DUMP = `--
-- PostgreSQL database dump
--

\\restrict Q3sT0kEn

-- Dumped from database version 16.4
-- Dumped by pg_dump version 17.6

SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.user_x (
    id integer NOT NULL,
    email text NOT NULL,
    nick text
);
ALTER TABLE public.user_x OWNER TO postgres;
CREATE SEQUENCE public.user_x_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.user_x_id_seq OWNED BY public.user_x.id;
ALTER TABLE ONLY public.user_x ALTER COLUMN id SET DEFAULT nextval('public.user_x_id_seq'::regclass);
COPY public.user_x (id, email, nick) FROM stdin;
1	it's; "odd	$$
\\.
ALTER TABLE ONLY public.user_x ADD CONSTRAINT user_x_pkey PRIMARY KEY (id);

\\unrestrict Q3sT0kEn
`

interface Report {
  readonly postgres: { version: number; by: string }
  readonly summary: { hazards: number; refusals: number }
  readonly incomplete: readonly { table: string | null; since: string; line: number; restingOnIt: readonly string[] }[]
  readonly notes: readonly string[]
}

async function check(
  folder: string,
  args: readonly string[],
  env?: Record<string, string>,
): Promise<{ code: number; out: string; err: string; report: Report }> {
  const ran = await run(folder, ['check', '--newest', '--format', 'json', ...args], env ? { env } : {})
  return { ...ran, report: ran.out === '' ? undefined : JSON.parse(ran.out) }
}

describe('where the migrations do not tell the schema', () => {
  it('says what is not known, since when and why, what rests on it, and the ways out', async () => {
    const folder = folderWith(PROJECT)
    const { code, report } = await check(folder, [])
    expect(code).toBe(1)
    expect(report.summary.refusals).toBe(1)
    expect(report.incomplete).toMatchObject([
      { table: null, since: HIDDEN, file: migration(HIDDEN), line: 1, restingOnIt: [NEWEST] },
      { table: 'user_x', since: NEWEST, restingOnIt: [] },
    ])
    const { out } = await run(folder, ['check', '--newest'])
    expect(out).toContain(`  ${migration(HIDDEN)}:1  any table  `)
    expect(out).toContain('(1 migration with findings that rest on it)')
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      '--database <url> reads it from a database, --schema-dump <file> from pg_dump --schema-only.',
    )
    expect(await run(folder, ['rewrite'])).toMatchObject({ code: 1, out: expect.stringContaining('--schema-dump <file>') })
  })

  it('takes it from a dump', async () => {
    const folder = folderWith({ ...PROJECT, 'schema.sql': DUMP })
    const { code, report } = await check(folder, ['--schema-dump', 'schema.sql'])
    expect(code).toBe(1)
    expect(report).toMatchObject({ postgres: { version: 16, by: 'dump' }, summary: { hazards: 1, refusals: 0 }, incomplete: [] })
    expect(report.notes).toEqual([
      `schema.sql: it does not tell which migrations are applied; all but the newest are taken to be, so its schema is taken to be the one just before ${NEWEST}.`,
    ])
    expect(await run(folder, ['rewrite', '--yes', '--schema-dump', 'schema.sql'])).toMatchObject({ code: 0, err: '' })
    const plan = JSON.parse(contentOf(folder)[`prisma/expand-contract/${NEWEST}/plan.json`] ?? '')
    expect(plan.assumes).toEqual(report.notes)
    expect(plan.stages[0].steps).toMatchObject([{ sql: ['CREATE INDEX CONCURRENTLY "user_x_nick_idx" ON "user_x"("nick")'] }])
  })

  it('leaves the migrations the last word where they tell all', async () => {
    const folder = folderWith({ ...PROJECT, [migration(HIDDEN)]: 'ALTER TABLE "user_x" ADD COLUMN "nick" text;\n', 'schema.sql': DUMP })
    const { report } = await check(folder, ['--schema-dump', 'schema.sql'])
    expect(report.notes[0]).toMatch(/The migrations themselves tell all of it, so theirs is used\.$/)
  })

  it('takes another place in the history where it is said, and refuses one that does not fit', async () => {
    const later = { [migration('20260401000000_later')]: 'ALTER TABLE "user_x" ADD COLUMN "later" int;\n' }
    const folder = folderWith({ ...PROJECT, ...later, 'schema.sql': DUMP.replace('nick text', 'nick text,\n    later integer') })
    expect(await check(folder, ['--schema-dump', 'schema.sql'])).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'schema.sql does not fit the migrations: just before 20260401000000_later, the column user_x.later, which 20260401000000_later adds, is there already.',
      ),
    })
    put(folder, { 'schema.sql': DUMP })
    expect(await run(folder, ['check', '--schema-dump', 'schema.sql', '--schema-at', NEWEST])).toMatchObject({
      out: expect.stringMatching(
        new RegExp(`--schema-at says where it\\s+stands, so its schema is taken to be the one just before\\s+${NEWEST}`),
      ),
    })
    put(folder, { 'schema.sql': DUMP.replace('    email text NOT NULL,\n', '') })
    const early = {
      [migration(HIDDEN)]: 'SELECT 1;\n',
      [migration(INIT)]: 'CREATE TABLE "user_x" ("id" INT, "nick" TEXT);\n',
      [migration('20260110000000_mail')]: 'ALTER TABLE "user_x" ADD COLUMN "email" TEXT;\n',
    }
    put(folder, early)
    expect(await check(folder, ['--schema-dump', 'schema.sql'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('It fits just before 20260110000000_mail: --schema-at 20260110000000_mail'),
    })
  })

  it('reads files of no project on top of a dump', async () => {
    const folder = folderWith({ 'schema.sql': DUMP, 'new.sql': 'ALTER TABLE public.user_x ALTER COLUMN email SET NOT NULL;\n' })
    expect(await run(folder, ['check', 'new.sql'])).toMatchObject({ code: 1, out: expect.stringContaining('new.sql:1:1  set-not-null') })
    expect(await run(folder, ['check', 'new.sql', '--schema-dump', 'schema.sql'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^schema\.sql: /m),
    })
  })

  it.each([
    ['a file that is not there', {}, ['--schema-dump', 'none.sql'], 'pg_dump --schema-only --file none.sql'],
    ['the custom format', { 's.sql': 'PGDMP\u0001\u000e' }, ['--schema-dump', 's.sql'], 'pg_restore --schema-only'],
    ['what is no SQL', { 's.sql': 'CREATE TABLE a (id int);\nOOPS' }, ['--schema-dump', 's.sql'], 's.sql, line 2: not SQL'],
    ['an empty dump', { 's.sql': 'SELECT 1;' }, ['--schema-dump', 's.sql'], 'makes no table'],
    ['a place without a schema', {}, ['--schema-at', NEWEST], 'no schema is given'],
    ['an unknown place', { 's.sql': DUMP }, ['--schema-dump', 's.sql', '--schema-at', '20260301000000_indx'], `Did you mean "${NEWEST}"`],
    ['both at once', { 's.sql': DUMP }, ['--schema-dump', 's.sql', '--database'], 'cannot be used'],
    ['no URL anywhere', {}, ['--database'], 'DATABASE_URL, which is not set'],
    ['what is no URL', {}, ['--database', 'secret'], 'The database URL can not be read'],
  ])('refuses %s', async (_, files, args, message) => {
    const { code, out, err } = await run(folderWith({ ...PROJECT, ...files }), ['check', ...args])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
    expect(err).not.toContain('secret')
  })
})

describe('the schema of a database', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.stop())

  /** A database in which these migrations are applied, and its URL. Prisma's table has the columns that are read; the adapter's own test has the real one. */
  async function database(ids: readonly string[], more: readonly string[] = []): Promise<{ client: Client; url: string }> {
    const name = shadowName()
    await server.create(name)
    const client = await server.connect(name)
    onTestFinished(async () => {
      await client.end()
      await server.drop(name)
    })
    await client.query(
      'CREATE TABLE _prisma_migrations (id text PRIMARY KEY, migration_name text, started_at timestamptz DEFAULT clock_timestamp(), finished_at timestamptz, rolled_back_at timestamptz)',
    )
    for (const id of ids) {
      const sql = PROJECT[migration(id) as keyof typeof PROJECT]
      if (sql) await client.query(sql)
      await client.query('INSERT INTO _prisma_migrations VALUES (gen_random_uuid(), $1, clock_timestamp(), now())', [id])
    }
    for (const sql of more) await client.query(sql)
    const { host, port, user = 'postgres', password } = client
    const rest = new URLSearchParams({ host, port: String(port), user, password: password ?? '', schema: 'public' })
    return { client, url: `postgresql:///${name}?${rest}` }
  }

  it('is taken where the history stands in it, and nothing of the URL is ever shown', async () => {
    const { url } = await database([INIT, HIDDEN])
    const folder = folderWith(PROJECT)
    const { code, out, report } = await check(folder, ['--database'], { DATABASE_URL: url })
    expect(code).toBe(1)
    expect(report).toMatchObject({
      postgres: { version: server.major, by: 'database' },
      summary: { hazards: 1, refusals: 0 },
      incomplete: [],
    })
    expect(report.notes).toEqual([
      `The database: 2 of 3 migrations are applied there, up to ${HIDDEN}, so its schema is taken to be the one just before ${NEWEST}.`,
    ])
    const rewritten = await run(folder, ['rewrite', '--yes', '--database', url])
    expect(rewritten).toMatchObject({ code: 0, err: '' })
    for (const text of [out, rewritten.out, ...Object.values(contentOf(folder))])
      expect(text).not.toMatch(/postgresql:\/\/|expand_contract_shadow/)
  })

  it('is judged by its version, unless another one is asked for', async () => {
    const { url } = await database([INIT, HIDDEN])
    const folder = folderWith({ ...PROJECT, 'expand-contract.config.json': '{ "postgres": 15 }' })
    expect((await check(folder, [])).report.postgres).toEqual({ version: 15, by: 'configuration' })
    expect((await check(folder, ['--database', url])).report.postgres).toEqual({ version: server.major, by: 'database' })
    expect((await check(folder, ['--database', url, '--postgres', '14'])).report.postgres).toEqual({ version: 14, by: 'flag' })
  })

  it('is not rewritten over', async () => {
    const { url } = await database([INIT, HIDDEN, NEWEST])
    const folder = folderWith(PROJECT)
    expect(await run(folder, ['rewrite', '--database', url])).toMatchObject({
      code: 2,
      err: expect.stringContaining('applied there already'),
    })
    expect((await check(folder, ['--database', url])).report.notes[0]).toContain('There is no migration left')
  })

  it.each<[string, readonly string[], readonly string[], string]>([
    ['a gap', [INIT, NEWEST], ['ALTER TABLE user_x ADD COLUMN nick text'], `has applied ${NEWEST}, but not ${HIDDEN} before it`],
    ['a database that is ahead', [INIT, HIDDEN, '20270101000000_ahead'], [], '20270101000000_ahead'],
    ['a migration that failed', [INIT], [`INSERT INTO _prisma_migrations VALUES ('x', '${HIDDEN}', now())`], `${HIDDEN} failed half way`],
    ['a database without the ORM', [], ['DROP TABLE _prisma_migrations'], 'has no table _prisma_migrations'],
    [
      'two schemas with the ORM',
      [INIT],
      ['CREATE SCHEMA a; CREATE TABLE a._prisma_migrations ()', 'ALTER SCHEMA public RENAME TO b'],
      'in several schemas (a, b)',
    ],
    [
      'another schema than the history tells',
      [INIT],
      ['ALTER TABLE user_x RENAME TO users'],
      'the table user_x, which the migrations before it create, is not there',
    ],
  ])('is refused: %s', async (_, ids, more, message) => {
    const { url } = await database(
      ids.filter((id) => id !== NEWEST || more.length === 0),
      more,
    )
    const target = ids.includes(NEWEST) && more.length > 0 ? await withRow(url, NEWEST) : url
    const { code, err } = await check(folderWith(PROJECT), [
      '--database',
      message.includes('several') ? target.replace('&schema=public', '') : target,
    ])
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(err).not.toMatch(/postgresql:\/\//)
  })

  async function withRow(url: string, id: string): Promise<string> {
    const client = await server.connect(new URL(url).pathname.slice(1))
    await client.query('INSERT INTO _prisma_migrations VALUES (gen_random_uuid(), $1, clock_timestamp(), now())', [id])
    await client.end()
    return url
  }
})
