import { type Server, shadowName, startServer } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Backfill, Check } from '../src/plan/plan.ts'
import { backfillSql, checkSql } from '../src/plan/render.ts'
import { parseStatement, untag } from '../src/sql/parser.ts'

const ROWS = 1_003
const BATCH = 100

const step = (key: readonly string[], more: Partial<Backfill> = {}): Backfill => ({
  kind: 'backfill',
  id: '02-fill',
  title: `Fill "new" of old rows, it's from "old"`,
  why: 'test',
  undo: { none: 'test' },
  table: '"T"',
  key,
  set: [{ column: 'new', expression: '"old"' }],
  where: 'row("new")::record *<> row("old")::record',
  ...more,
})

let server: Server
let client: Client
const database = shadowName()

beforeAll(async () => {
  server = await startServer()
  await server.create(database)
  client = await server.connect(database)
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
beforeEach(() => client.query('DROP TABLE IF EXISTS "T" CASCADE'))

/** A table with the key columns of `columns`, filled by `values` over g = 1 … rows. */
async function table(columns: string, values: string, rows = ROWS): Promise<void> {
  await client.query(`CREATE TABLE "T" (${columns}, "old" text, "new" text)`)
  await client.query(`INSERT INTO "T" SELECT ${values}, CASE WHEN g % 7 = 0 THEN NULL ELSE 'v' || g END FROM generate_series(1, ${rows}) g`)
}

async function count(where: string): Promise<number> {
  return (await client.query(`SELECT count(*)::int AS n FROM "T" WHERE ${where}`)).rows[0].n
}

const KEYS: [name: string, columns: string, values: string, key: string[]][] = [
  ['int', 'id int PRIMARY KEY', 'g - 500', ['id']],
  ['bigint with gaps', 'id bigint PRIMARY KEY', 'g::bigint * 9000000000000', ['id']],
  ['uuid', 'id uuid PRIMARY KEY', 'gen_random_uuid()', ['id']],
  ['text in any case and script', '"the Id" text PRIMARY KEY', `(ARRAY['a','Ä','é','Z','0','','中'])[1 + g % 7] || g`, ['the Id']],
  ['composite', 'a int, "B" text, PRIMARY KEY (a, "B")', `g / 10, 'k' || g`, ['a', 'B']],
  ['three columns', 'a bool, b date, c numeric, PRIMARY KEY (a, b, c)', `g % 2 = 0, date '2020-01-01' + g / 100, g / 3.0`, ['a', 'b', 'c']],
  ['no key', 'x int', 'g', []],
  ['a name that the block itself uses', 'ec_from int PRIMARY KEY', 'g', ['ec_from']],
]

describe('backfillSql', () => {
  it.each(KEYS)('fills every row in batches: %s', async (_, columns, values, key) => {
    await table(columns, values)
    await client.query(backfillSql(step(key), BATCH))
    expect(await count(step(key).where)).toBe(0)
    // Each batch is a transaction of its own: the rows carry the ids of several.
    const written = (await client.query(`SELECT count(DISTINCT xmin::text)::int AS n FROM "T" WHERE "new" IS NOT NULL`)).rows[0].n
    expect(written).toBeGreaterThan(key.length > 0 ? ROWS / BATCH - 1 : 1)
  })

  it.each(KEYS)('is one statement of PostgreSQL’s grammar: %s', (_, _columns, _values, key) => {
    expect(untag(parseStatement(backfillSql(step(key))))[0]).toBe('DoStmt')
  })

  it('goes on after it was killed in the middle, and leaves rows that are right alone', async () => {
    await table('id int PRIMARY KEY', 'g')
    await client.query(`
      CREATE FUNCTION stop_at() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.id = 650 THEN PERFORM pg_sleep(600); END IF; RETURN NEW; END $$;
      CREATE TRIGGER stop_at BEFORE UPDATE ON "T" FOR EACH ROW EXECUTE FUNCTION stop_at()`)
    const worker = await server.connect(database)
    worker.on('error', () => undefined)
    const { pid } = (await worker.query('SELECT pg_backend_pid() AS pid')).rows[0]
    const killed = worker.query(backfillSql(step(['id']), BATCH)).then(
      () => 'finished',
      () => 'killed',
    )
    while ((await count(`"new" IS NOT NULL AND id <= 600`)) < 515) await new Promise((next) => setTimeout(next, 20))
    await client.query('SELECT pg_terminate_backend($1)', [pid])
    expect(await killed).toBe('killed')
    await worker.end().catch(() => undefined)
    const before = (await client.query(`SELECT id, xmin::text FROM "T" WHERE id <= 600 ORDER BY id`)).rows
    expect(await count('"new" IS NOT NULL AND id > 600')).toBe(0)
    await client.query('DROP TRIGGER stop_at ON "T"; DROP FUNCTION stop_at()')
    await client.query(backfillSql(step(['id']), BATCH))
    expect(await count(step(['id']).where)).toBe(0)
    expect((await client.query(`SELECT id, xmin::text FROM "T" WHERE id <= 600 ORDER BY id`)).rows).toEqual(before)
  })

  it('waits for a row that someone else holds, and tries again', async () => {
    await table('id int PRIMARY KEY', 'g', 300)
    const other = await server.connect(database)
    await other.query(`BEGIN; UPDATE "T" SET "old" = 'held' WHERE id = 150`)
    const running = client.query(backfillSql(step(['id']), BATCH))
    await new Promise((next) => setTimeout(next, 2_600))
    await other.query('COMMIT')
    await other.end()
    await running
    expect(await count(`id = 150 AND "new" = 'held'`)).toBe(1)
    expect(await count(step(['id']).where)).toBe(0)
  })

  it('says in words that rows are left', async () => {
    await table('id int PRIMARY KEY', 'g', 10)
    const stubborn = step(['id'], { set: [{ column: 'new', expression: `'wrong'` }] })
    await expect(client.query(backfillSql(stubborn, BATCH))).rejects.toThrow(/some rows of "T" still need it/)
  })

  it.each(KEYS)('does nothing on an empty table, even inside a transaction: %s', async (_, columns, values, key) => {
    await table(columns, values, 0)
    await client.query('BEGIN')
    await client.query(backfillSql(step(key)))
    await client.query('COMMIT')
    expect(await count('true')).toBe(0)
  })

  it('walks every partition of a table without a key', async () => {
    await client.query(`CREATE TABLE "T" (p int, "old" text, "new" text) PARTITION BY LIST (p);
      CREATE TABLE t1 PARTITION OF "T" FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF "T" FOR VALUES IN (2);
      INSERT INTO "T" SELECT 1 + (g % 9 = 0)::int, 'v' || g FROM generate_series(1, ${ROWS}) g`)
    await client.query(backfillSql(step([]), BATCH))
    expect(await count(step([]).where)).toBe(0)
  })

  it('takes expressions that end in a comment and hold dollar quotes', async () => {
    await table('id int PRIMARY KEY', 'g', 10)
    await client.query(backfillSql(step(['id'], { set: [{ column: 'new', expression: '$$x$$ -- why' }], where: `"new" IS NULL -- left` })))
    expect(await count(`"new" = 'x'`)).toBe(10)
  })
})

describe('checkSql', () => {
  const check = (sql: string): Check => ({
    kind: 'check',
    id: '01-check',
    title: 'Check',
    why: 'reads',
    undo: { none: '' },
    sql,
    message: `"T" has 100% \\ it's wrong`,
  })

  it('raises the message where the query returns a row, and is silent otherwise, inside a transaction too', async () => {
    await table('id int PRIMARY KEY', 'g', 1)
    await client.query(checkSql(check('SELECT id FROM "T" WHERE id > 1 ORDER BY 1 LIMIT 1 -- none')))
    await client.query('BEGIN')
    await expect(client.query(checkSql(check('SELECT FROM "T"')))).rejects.toThrow(`"T" has 100% \\ it's wrong`)
    await client.query('ROLLBACK')
  })
})
