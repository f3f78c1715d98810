import { beforeAll, describe, expect, test } from 'vitest'
import { diffLines, readDefinitions } from '../src/index.ts'
import { richDatabase, VERSIONS } from './rich-database.ts'

/** A change, the object whose definition it changes, and what the new definition must say. */
const CHANGES: readonly (readonly [sql: string, object: string, says: string])[] = [
  ['CREATE VIEW more AS SELECT name FROM "User"', 'definition of view "public"."more"', 'FROM public."User"'],
  ['ALTER TABLE "User" ENABLE ROW LEVEL SECURITY', 'properties of "public"."User"', 'row security'],
  ['ALTER TABLE "User" REPLICA IDENTITY FULL', 'properties of "public"."User"', 'replica identity f'],
  ['ALTER TABLE "User" SET (fillfactor = 70)', 'properties of "public"."User"', 'fillfactor=70'],
  ['ALTER TABLE log DETACH PARTITION log_2024', 'properties of "public"."log_2024"', 'found replica identity d'],
  ['ALTER TABLE "User" ALTER COLUMN name SET STORAGE EXTERNAL', 'storage of "public"."User".name', 'e -1'],
  ['ALTER TABLE "User" ALTER COLUMN name SET STATISTICS 77', 'storage of "public"."User".name', '77'],
  ['GRANT SELECT (name) ON "User" TO PUBLIC', 'storage of "public"."User".name', '=r/postgres'],
  ['GRANT SELECT ON "User" TO PUBLIC', 'owner and grants of table public."User"', '=r/postgres'],
  [
    'ALTER TABLE "User" ALTER CONSTRAINT "User_weird_fkey" DEFERRABLE INITIALLY DEFERRED',
    'definition of constraint "User_weird_fkey" on "public"."User"',
    'DEFERRABLE INITIALLY DEFERRED',
  ],
  ['ALTER INDEX "User_email_key" SET (fillfactor = 70)', 'definition of index "User_email_key" on "public"."User"', "fillfactor='70'"],
  ['ALTER TABLE "User" ENABLE ALWAYS TRIGGER "touchIt"', 'definition of trigger "touchIt" on "public"."User"', 'found A CREATE TRIGGER'],
  ['CREATE RULE quiet AS ON DELETE TO log DO INSTEAD NOTHING', 'definition of rule quiet on "public"."log"', 'DO INSTEAD NOTHING'],
  ['ALTER POLICY "own rows" ON "User" USING (id = 2)', 'definition of policy "own rows" on "public"."User"', 'using (id = 2)'],
  ['ALTER SEQUENCE "User_id_seq" AS bigint', 'sequence "public"."User_id_seq"', 'bigint start 1'],
  ['ALTER SEQUENCE "User_id_seq" OWNED BY NONE', 'sequence "public"."User_id_seq"', 'cache 1'],
  [
    `CREATE OR REPLACE FUNCTION slug(value text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT value'`,
    'definition of function public.slug(pg_catalog.text)',
    'SELECT value',
  ],
  ['REVOKE EXECUTE ON FUNCTION touch() FROM PUBLIC', 'definition of function public.touch()', 'granted: postgres=X/postgres'],
  [`ALTER DOMAIN "Auth".short ADD CHECK (value <> '')`, 'type "Auth".short', 'CHECK'],
  ['CREATE TYPE pair AS (a int, b text)', 'type public.pair', 'a integer, b text'],
  [`COMMENT ON COLUMN "User".name IS 'said'`, 'comment on table column public."User".name', 'said'],
  [`COMMENT ON CONSTRAINT positive ON "User" IS 'said'`, 'comment on constraint positive on "public"."User"', 'said'],
  ['CREATE STATISTICS pair ON id, name FROM "User"', 'statistics "public"."pair"', 'ON id, name'],
  ['CREATE PUBLICATION feed FOR TABLE "User"', 'publication feed of "public"."User"', 'all columns'],
  ['CREATE EXTENSION hstore', 'extension hstore', 'expected none'],
  ['CREATE SCHEMA more', 'schema more', 'owner postgres'],
]

describe.each(VERSIONS)('definitions of PostgreSQL %i', (version) => {
  const db = richDatabase(version)

  let before: ReadonlyMap<string, string>
  beforeAll(async () => {
    before = await readDefinitions(db.client)
  })

  test('are the same when nothing changed', async () => {
    expect(diffLines(before, await readDefinitions(db.client))).toEqual([])
  })

  test.each(CHANGES)('%s', (sql, object, says) =>
    db.rolledBack(async () => {
      await db.client.query(sql)
      const lines = diffLines(before, await readDefinitions(db.client))
      expect(lines.filter((line) => line.startsWith(`${object}: `))).toEqual([expect.stringContaining(says)])
    }),
  )

  if (version >= 15)
    test('the columns of a publication', () =>
      db.rolledBack(async () => {
        await db.client.query('CREATE PUBLICATION feed FOR TABLE "User" (id, name)')
        expect((await readDefinitions(db.client)).get('publication feed of "public"."User"')).toBe('id, name')
      }))

  if (version >= 18)
    test('names of NOT NULL constraints do not count', () =>
      db.rolledBack(async () => {
        await db.client.query('ALTER TABLE "User" RENAME CONSTRAINT "User_email_not_null" TO other')
        expect(diffLines(before, await readDefinitions(db.client))).toEqual([])
      }))
})
