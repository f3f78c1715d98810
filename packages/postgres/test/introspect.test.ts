import { describe, expect, test } from 'vitest'
import { diffSchemas, introspect } from '../src/index.ts'
import { withEmptyPath } from '../src/introspect/session.ts'
import { richDatabase, VERSIONS } from './rich-database.ts'
import { richCatalog } from './rich-schema.ts'

describe.each(VERSIONS)('introspection of PostgreSQL %i', (version) => {
  const db = richDatabase(version)
  const expected = richCatalog(version)

  test('reads a rich schema, the same on every version', async () => {
    const catalog = await introspect(db.client)
    expect(catalog).toEqual(expected)
    expect([...catalog.tables.keys()]).toEqual([...expected.tables.keys()])
    expect(diffSchemas(expected, catalog)).toEqual([])
  })

  test('leaves search_path and an open transaction as they were', async () => {
    await db.client.query(`SET search_path = "Auth", public`)
    await introspect(db.client)
    expect((await db.client.query('SHOW search_path')).rows).toEqual([{ search_path: '"Auth", public' }])
    expect(db.client.getTransactionStatus()).toBe('I')
    await db.rolledBack(async () => {
      await db.client.query('ALTER TABLE "User" ADD COLUMN fresh text')
      const inside = await introspect(db.client)
      expect(inside.tables.get('"public"."User"')?.columns.at(-1)?.name).toBe('fresh')
      expect((await db.client.query('SHOW search_path')).rows).toEqual([{ search_path: '"Auth", public' }])
      expect(db.client.getTransactionStatus()).toBe('T')
    })
    expect(diffSchemas(expected, await introspect(db.client))).toEqual([])
    await db.client.query('RESET search_path')
  })

  test('leaves a transaction usable when a question fails', async () => {
    const failing = () => withEmptyPath(db.client, () => db.client.query('SELECT 1 / 0'))
    await db.rolledBack(async () => {
      await db.client.query('CREATE TABLE kept (a int)')
      await expect(failing()).rejects.toThrow('division by zero')
      expect((await db.client.query('SELECT count(*)::int AS rows FROM kept')).rows).toEqual([{ rows: 0 }])
    })
    await expect(failing()).rejects.toThrow('division by zero')
    expect(db.client.getTransactionStatus()).toBe('I')
  })

  test('tells an index that a failed concurrent build left invalid', async () => {
    await db.client.query(`CREATE TABLE twin AS SELECT 1 AS v FROM generate_series(1, 2)`)
    await expect(db.client.query('CREATE UNIQUE INDEX CONCURRENTLY twin_v ON twin (v)')).rejects.toThrow('could not create unique index')
    const twin = (await introspect(db.client)).tables.get('"public"."twin"')
    expect(twin?.indexes.map((i) => [i.name, i.valid])).toEqual([['twin_v', false]])
    await db.client.query('DROP TABLE twin')
  })

  if (version >= 15)
    test('tells NULLS NOT DISTINCT', () =>
      db.rolledBack(async () => {
        await db.client.query('CREATE UNIQUE INDEX nnd ON "User" (price) NULLS NOT DISTINCT')
        const index = (await introspect(db.client)).tables.get('"public"."User"')?.indexes.find((i) => i.name === 'nnd')
        expect(index?.nullsNotDistinct).toBe(true)
      }))

  if (version >= 18)
    test('tells virtual columns, and no NOT NULL that is not proved', () =>
      db.rolledBack(async () => {
        await db.client.query('ALTER TABLE "User" ADD COLUMN v int GENERATED ALWAYS AS (number + 1) VIRTUAL')
        await db.client.query('ALTER TABLE "User" ADD CONSTRAINT nn NOT NULL price NOT VALID')
        const table = () => introspect(db.client).then((catalog) => catalog.tables.get('"public"."User"'))
        const user = await table()
        expect(user?.columns.find((c) => c.name === 'v')?.generated).toEqual({ expression: '(number + 1)', stored: false })
        expect(user?.columns.find((c) => c.name === 'price')?.notNull).toBe(false)
        await db.client.query('ALTER TABLE "User" VALIDATE CONSTRAINT nn')
        const proved = await table()
        expect(proved?.columns.find((c) => c.name === 'price')?.notNull).toBe(true)
        expect(proved?.constraints.map((c) => c.name)).not.toContain('nn')
      }))

  const changes: readonly (readonly [sql: string, line: string])[] = [
    [
      'ALTER TABLE "User" ALTER COLUMN name TYPE text',
      `column "public"."User"."name": expected character varying(50) collate "C" nullable default 'x'::character varying, ` +
        `found text nullable default 'x'::character varying`,
    ],
    [
      'ALTER TABLE "User" ALTER COLUMN price SET NOT NULL',
      `column "public"."User"."price": expected numeric(10,2) nullable, found numeric(10,2) not null${version >= 18 ? ' by "User_price_not_null"' : ''}`,
    ],
    ['ALTER TABLE log ADD COLUMN x int DEFAULT 3', 'column "public"."log"."x": expected none, found integer nullable default 3'],
    [
      'DROP INDEX user_trgm',
      `index "user_trgm" on "public"."User": expected not unique using gist ("name" public.gist_trgm_ops (siglen='32')), found none`,
    ],
    [
      'ALTER TABLE "User" DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (price > 1 AND twice IS NOT NULL)',
      'constraint "positive" on "public"."User": expected check ("price", "twice") check ((price > (0)::numeric) AND (twice IS NOT NULL)) not valid, ' +
        'found check ("price", "twice") check ((price > (1)::numeric) AND (twice IS NOT NULL))',
    ],
    [
      `ALTER TYPE "Role" RENAME VALUE 'admin' TO 'boss'`,
      `enum public."Role": expected ('user', 'admin', 'it's'), found ('user', 'boss', 'it's')`,
    ],
    ['DROP TABLE booking CASCADE', 'table "public"."booking": expected a table, found none'],
    [
      'DROP MATERIALIZED VIEW emails',
      'view "public"."emails": expected materialized ("email") reading "public"."people"("email"), found none',
    ],
    ['DROP TRIGGER "touchIt" ON "User"', 'trigger "touchIt" on "public"."User": expected calls "public"."touch", found none'],
    ['DROP POLICY "own rows" ON "User"', 'policy "own rows" on "public"."User": expected a policy using (id = 1), found none'],
    ['ALTER FUNCTION touch() STABLE', 'function "public"."touch": expected volatile, found stable'],
    [
      'ALTER TABLE "User" ALTER CONSTRAINT "User_weird_fkey" DEFERRABLE',
      'constraint "User_weird_fkey" on "public"."User": expected foreign ("weirdId") references "Auth"."we""ird" ("id") on delete set null on update cascade, ' +
        'found foreign ("weirdId") references "Auth"."we""ird" ("id") on delete set null on update cascade deferrable',
    ],
  ]
  test.each(changes)('sees the difference that %s makes', (sql, line) =>
    db.rolledBack(async () => {
      const before = await introspect(db.client)
      await db.client.query(sql)
      expect(diffSchemas(before, await introspect(db.client))).toContain(line)
    }),
  )

  test('does not count the order of columns', () =>
    db.rolledBack(async () => {
      const before = await introspect(db.client)
      await db.client.query('ALTER TABLE log DROP COLUMN id')
      await db.client.query('ALTER TABLE log ADD COLUMN id int')
      const after = await introspect(db.client)
      expect(after.tables.get('"public"."log"')?.columns.map((c) => c.name)).toEqual(['day', 'id'])
      expect(diffSchemas(before, after)).toEqual([])
    }))
})
