import { applyScript, type Catalog, type Column, EMPTY_CATALOG, readScript, type Table } from '@expand-contract/core'
import { type Server, shadowName, startServer } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createJudge } from '../support/replay-judge.ts'

// The judge itself on trial: an error planted in the replayed catalog must be told, whatever field it is in.
const TEXT = `
CREATE DOMAIN d AS int DEFAULT 1 CHECK (VALUE > 0);
CREATE TYPE e AS ENUM ('x', 'y');
CREATE TABLE o (id int PRIMARY KEY, a int DEFAULT 1 + 1, g int GENERATED ALWAYS AS (id * 2) STORED, CONSTRAINT c CHECK (a > 1));
CREATE TABLE t (id int PRIMARY KEY, o int REFERENCES o, e e);
CREATE INDEX i ON t ((o + 1)) WHERE o > 3;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.o IS DISTINCT FROM NEW.o) EXECUTE FUNCTION f();
CREATE POLICY y ON t USING (o = 1);
CREATE VIEW v AS SELECT id FROM t;
CREATE TABLE p (a int) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
`

describe('the judge', () => {
  let server: Server
  let client: Client
  const name = shadowName()
  const { after } = applyScript(EMPTY_CATALOG, readScript(TEXT), 'judge')
  beforeAll(async () => {
    server = await startServer()
    await server.create(name)
    client = await server.connect(name)
    await client.query(TEXT)
  })
  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  const told = async (catalog: Catalog): Promise<string> => (await createJudge(client, server.major)(catalog)).differences.join('\n')
  const withTable = (key: string, edit: (table: Table) => Partial<Table>): Catalog => {
    const table = after.tables.get(key) as Table
    return { ...after, tables: new Map([...after.tables, [key, { ...table, ...edit(table) }]]) }
  }
  const withColumn = (column: string, edit: (column: Column) => Column): Catalog =>
    withTable('"public"."o"', (t) => ({ columns: t.columns.map((c) => (c.name === column ? edit(c) : c)) }))
  const first = <T>(list: readonly T[], edit: (item: T) => T): T[] => list.map((item, i) => (i === 0 ? edit(item) : item))

  it('is content with the right catalog, and says an expression once', async () => {
    const judge = createJudge(client, server.major)
    expect(await judge(after)).toMatchObject({ differences: [], incomplete: [], tables: 5, expressions: 7 })
    expect(await judge(after)).toMatchObject({ differences: [], expressions: 0 })
  })

  it.each<[string, () => Catalog]>([
    ['a type', () => withColumn('a', (c) => ({ ...c, type: 'bigint' }))],
    ['a default', () => withColumn('a', (c) => ({ ...c, default: '3' }))],
    ['a generated expression', () => withColumn('g', (c) => ({ ...c, generated: { expression: 'id * 3', stored: true } }))],
    [
      'a check',
      () =>
        withTable('"public"."o"', (t) => ({ constraints: t.constraints.map((c) => (c.name === 'c' ? { ...c, expression: 'a > 2' } : c)) })),
    ],
    ['the order of columns', () => withTable('"public"."o"', (t) => ({ columns: [...t.columns].reverse() }))],
    ['a constraint', () => withTable('"public"."t"', (t) => ({ constraints: t.constraints.slice(1) }))],
    [
      'an index key',
      () =>
        withTable('"public"."t"', (t) => ({
          indexes: t.indexes.map((i) => (i.name === 'i' ? { ...i, keys: [{ expression: 'o + 2', options: '' }] } : i)),
        })),
    ],
    [
      'an index predicate',
      () => withTable('"public"."t"', (t) => ({ indexes: t.indexes.map((i) => (i.name === 'i' ? { ...i, where: 'o > 4' } : i)) })),
    ],
    ['a policy', () => withTable('"public"."t"', (t) => ({ policies: first(t.policies, (p) => ({ ...p, using: 'o = 2' })) }))],
    ['a trigger', () => withTable('"public"."t"', (t) => ({ triggers: first(t.triggers, (r) => ({ ...r, when: 'OLD.o = NEW.o' })) }))],
    ['a partition key', () => withTable('"public"."p"', () => ({ partitionedBy: 'RANGE (a)' }))],
    ['a bound', () => withTable('"public"."p1"', () => ({ bound: 'FOR VALUES IN (2)' }))],
    ['a label', () => ({ ...after, enums: new Map([['public.e', ['y', 'x']]]) })],
    ['a view', () => ({ ...after, views: new Map() })],
    [
      'what a view reads',
      () => ({ ...after, views: new Map([['"public"."v"', { materialized: false, reads: [], columns: ['id'], indexes: [] }]]) }),
    ],
    ['a function', () => ({ ...after, functions: new Map([['"public"."f"', 'stable']]) })],
    ['a domain', () => ({ ...after, domains: new Map([...after.domains].map(([key, d]) => [key, { ...d, default: '2' }])) })],
    ['a schema', () => ({ ...after, schemas: new Set() })],
    ['a sequence', () => ({ ...after, sequences: new Map([['"public"."s"', { type: 'bigint' }]]) })],
    ['an extension', () => ({ ...after, extensions: new Set(['citext']) })],
    ['an expression that is none', () => withColumn('a', (c) => ({ ...c, default: 'nothing' }))],
  ])('tells %s that is wrong', async (_, wrong) => {
    expect(await told(wrong())).not.toBe('')
  })
})
