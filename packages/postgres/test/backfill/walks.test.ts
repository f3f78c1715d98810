import { batchSql } from '@expand-contract/core'
import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockWalk } from '../../src/backfill/block-walk.ts'
import { readFacts } from '../../src/backfill/facts.ts'
import { keyWalk } from '../../src/backfill/key-walk.ts'
import type { Range, Walk } from '../../src/backfill/walk.ts'
import { type Server, startServer } from '../../src/server.ts'
import { countUp } from './steps.ts'

let server: Server
let client: pg.Client
beforeAll(async () => {
  server = await startServer()
  client = await server.connect('postgres')
})
afterAll(async () => {
  await client.end()
  await server.stop()
})

/** Goes through all ranges in windows of a size; returns how many windows there were. */
async function through(walk: Walk, table: string, key: readonly string[], parts: number, size: number): Promise<number> {
  const step = countUp(table, key)
  const facts = await readFacts(client, step)
  // As if it were large enough to be cut.
  const ranges = await walk.ranges(client, { ...facts, rows: 1e6 }, parts)
  let windows = 0
  for (const { at, upto } of ranges) {
    let range: Range = { at, upto }
    for (let isLast = false; !isLast; windows++) {
      const window = await walk.window(client, range, { size, retries: false, visits: 1 })
      await client.query(batchSql(step, window.condition), [...window.values])
      ;({ isLast } = window)
      range = { at: window.next, upto }
    }
  }
  return windows
}

const KEYS: readonly {
  readonly name: string
  readonly columns: string
  readonly key: readonly string[]
  readonly row: fc.Arbitrary<unknown[]>
}[] = [
  { name: 'integer', columns: 'id integer', key: ['id'], row: fc.tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })) },
  { name: 'uuid', columns: 'id uuid', key: ['id'], row: fc.tuple(fc.uuid()) },
  {
    name: 'text in a natural order',
    columns: 'id text COLLATE "en-x-icu"',
    key: ['id'],
    row: fc.tuple(fc.string({ unit: 'grapheme', maxLength: 4 }).filter((s) => !s.includes('\0'))),
  },
  {
    name: 'text, number and time',
    columns: `"c0" text, "ec number" numeric, "at" timestamptz`,
    key: ['c0', 'ec number', 'at'],
    row: fc.tuple(
      fc.constantFrom('', 'a', 'B', "it's", '\\'),
      fc.integer({ min: 0, max: 9 }),
      fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map((d) => d.toISOString()),
    ),
  },
  { name: 'float', columns: 'id float8', key: ['id'], row: fc.tuple(fc.double({ noNaN: true })) },
]

describe.each(KEYS)('ranges of a key: $name', ({ columns, key, row }) => {
  it('hold every row exactly once', async () => {
    const list = key.map((k) => `"${k}"`).join(', ')
    await client.query(`DROP TABLE IF EXISTS k; CREATE TABLE k (${columns}, n integer NOT NULL DEFAULT 0, PRIMARY KEY (${list}))`)
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 20 }),
        async (rows, parts, size) => {
          await client.query('TRUNCATE k')
          for (const values of rows)
            await client.query(
              `INSERT INTO k (${list}) VALUES (${values.map((_, i) => `$${i + 1}`).join(', ')}) ON CONFLICT DO NOTHING`,
              values,
            )
          await through(keyWalk(countUp('k', key)), 'k', key, parts, size)
          const { rows: wrong } = await client.query(`SELECT ${list}, n FROM k WHERE n <> 1`)
          expect(wrong).toEqual([])
        },
      ),
      { numRuns: 40, seed: 6 },
    )
  })
})

describe('ranges of a key', () => {
  it('are about as many as asked for, and of about the same size', async () => {
    await client.query('CREATE TABLE many (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 0)')
    await client.query('INSERT INTO many SELECT i * i FROM generate_series(1, 20000) i; ANALYZE many')
    const ranges = await keyWalk(countUp('many')).ranges(client, { ...(await readFacts(client, countUp('many'))), rows: 1e6 }, 10)
    expect(ranges.length).toBeGreaterThanOrEqual(9)
    expect(ranges.length).toBeLessThanOrEqual(11)
    expect(ranges.at(-1)?.upto).toEqual(['400000000'])
    const counts: number[] = []
    for (const { at, upto } of ranges) {
      const { rows } = await client.query('SELECT count(*)::int AS n FROM many WHERE id > $1 AND id <= $2', [at?.[0] ?? -1, upto?.[0]])
      counts.push(rows[0].n)
    }
    expect(counts.reduce((a, b) => a + b)).toBe(20_000)
    expect(Math.max(...counts)).toBeLessThan(4_000)
  })

  it('are none for an empty table', async () => {
    await client.query('CREATE TABLE nothing (id integer PRIMARY KEY, n integer)')
    expect(await through(keyWalk(countUp('nothing')), 'nothing', ['id'], 4, 10)).toBe(0)
    expect(await through(blockWalk(countUp('nothing', []), 'blocks'), 'nothing', [], 4, 10)).toBe(0)
  })
})

describe('ranges of blocks', () => {
  it.each([1, 3])('hold every row of every partition, in %i parts', async (parts) => {
    await client.query('DROP TABLE IF EXISTS p')
    await client.query('CREATE TABLE p (id integer, n integer NOT NULL DEFAULT 0, filler text) PARTITION BY RANGE (id)')
    await client.query('CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100); CREATE TABLE p2 PARTITION OF p DEFAULT')
    await client.query(`INSERT INTO p SELECT i, 0, repeat('x', 300) FROM generate_series(1, 700) i`)
    // Each window is looked at before its rows move behind it: none is met twice within its own statement.
    await through(blockWalk(countUp('p', []), 'blocks'), 'p', [], parts, 2_048 * 2)
    expect((await client.query('SELECT FROM p WHERE n = 0')).rowCount).toBe(0)
  })
})
