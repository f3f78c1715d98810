import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BackfillOptions, notDone, runBackfill } from '../../src/backfill/backfill.ts'
import { inMemory } from '../../src/backfill/checkpoint.ts'
import { inLedger } from '../../src/backfill/in-ledger.ts'
import { openLedger } from '../../src/ledger/index.ts'
import { type Server, startServer } from '../../src/server.ts'
import { copy, countUp, step } from './steps.ts'

let server: Server
let client: pg.Client
beforeAll(async () => {
  server = await startServer()
  client = await server.connect('postgres')
  await openLedger(client)
})
afterAll(async () => {
  await client.end()
  await server.stop()
})
beforeEach(async () => {
  await client.query('DROP TABLE IF EXISTS t; TRUNCATE expand_contract.backfill_range, expand_contract.backfill_refused')
})

const connections = { take: () => server.connect('postgres'), give: (of: pg.Client) => of.end() }
const options = (more: Partial<BackfillOptions> = {}): BackfillOptions => ({
  connections,
  checkpoint: inLedger({ plan: 'p', step: '02-backfill' }),
  ...more,
})

/** Rows as wide as real ones, so that a page is full. */
async function fill(
  rows: number,
  columns = 'id integer PRIMARY KEY, a integer, b integer, n integer NOT NULL DEFAULT 0, filler text',
): Promise<void> {
  await client.query(`CREATE TABLE t (${columns})`)
  await client.query(`INSERT INTO t (id, a, filler) SELECT i, i, repeat('x', 60) FROM generate_series(1, ${rows}) i`)
  await client.query('ANALYZE t')
}

async function wrong(condition = 'b IS DISTINCT FROM a'): Promise<number> {
  return (await client.query(`SELECT FROM t WHERE ${condition}`)).rowCount ?? -1
}

async function heap(): Promise<number> {
  return Number((await client.query(`SELECT pg_relation_size('t') AS size`)).rows[0].size)
}

describe('waves', () => {
  it('put most new versions on the page of the old one, and leave no row out', async () => {
    await fill(60_000)
    const before = await heap()
    const walks = new Set<string>()
    let [hot, updated] = [0, 0]
    const result = await runBackfill(
      copy('t'),
      options({
        onBatch: (pass, done) => {
          walks.add(pass.walk)
          hot += done.hot
          updated += done.updated
        },
      }),
    )
    expect(result).toEqual({ changed: 60_000, left: 0, refused: [], stopped: false })
    expect([...walks]).toEqual(['waves'])
    expect(await wrong()).toBe(0)
    expect(updated).toBe(60_000)
    expect(hot / updated).toBeGreaterThan(0.6)
    expect((await heap()) / before).toBeLessThan(1.5)
  })

  it('are given up while an old snapshot keeps the old versions', async () => {
    await fill(60_000)
    const reader = await server.connect('postgres')
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM t LIMIT 1')
    const visits = new Set<number>()
    const result = await runBackfill(
      copy('t'),
      options({ rows: 500, onBatch: (_, { progress }) => void (progress.next?.[3] && visits.add(Number(progress.next[2]))) }),
    )
    await reader.query('COMMIT')
    await reader.end()
    expect(result.left).toBe(0)
    expect(await wrong()).toBe(0)
    // The first round is one of eight visits; those that follow are plain, and have no turns.
    expect([...visits]).toEqual([8])
    const { rows } = await client.query(`SELECT count(*)::int AS n FROM expand_contract.backfill_range WHERE walk = 'waves' AND done`)
    expect(rows[0].n).toBe(1)
  })

  it('go through all partitions of a table', async () => {
    await client.query(`CREATE TABLE t (id integer, a integer, b integer, filler text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
      CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (40000); CREATE TABLE t2 PARTITION OF t DEFAULT;
      INSERT INTO t SELECT i, i, NULL, repeat('x', 60) FROM generate_series(1, 60000) i`)
    const walks = new Set<string>()
    for (const walk of ['waves', 'keys'] as const) {
      await client.query('UPDATE t SET b = NULL; TRUNCATE expand_contract.backfill_range')
      const result = await runBackfill(copy('t'), options({ walk, onBatch: (pass) => void walks.add(pass.walk) }))
      expect(result.left).toBe(0)
      expect(await wrong()).toBe(0)
    }
    expect([...walks]).toEqual(['waves', 'keys'])
  })

  it('are not tried where an index names the column, and rows are deleted by key', async () => {
    await fill(20_000)
    await client.query('CREATE INDEX ON t (b)')
    const walks: string[] = []
    await runBackfill(copy('t'), options({ onBatch: ({ walk }) => void walks.push(walk) }))
    expect(new Set(walks)).toEqual(new Set(['keys']))
    const deletion = { ...step({ table: 't', key: ['id'], set: [], where: 'id % 2 = 0' }), deletes: true as const, once: true as const }
    const result = await runBackfill(deletion, options({ checkpoint: inMemory() }))
    expect(result.changed).toBe(10_000)
    expect(await wrong('id % 2 = 0')).toBe(0)
  })
})

describe('a row that the database refuses', () => {
  const broken = step({ table: 't', key: ['id'], set: [{ column: 'b', expression: '100 / (a + 777)' }], where: 'b IS NULL' })

  it.each(['keys', 'waves'] as const)('is found, recorded and passed by (%s); corrected, the next run does it', async (walk) => {
    await fill(3_000)
    await client.query('UPDATE t SET a = -777 WHERE id = 1234')
    const result = await runBackfill(broken, options({ walk }))
    expect(result.refused).toEqual([{ row: ['1234'], reason: 'division by zero (22012)' }])
    expect(result.left).toBe(1)
    expect(await wrong('b IS NULL')).toBe(1)
    expect(notDone(result)).toMatch(/1 rows could not be changed, the first \(1234\): division by zero/)
    await client.query('UPDATE t SET a = 778 WHERE a = -777')
    const again = await runBackfill(broken, options({ walk }))
    expect(again).toEqual({ changed: 1, left: 0, refused: [], stopped: false })
    expect(notDone(again)).toBeUndefined()
  })

  it('is found in a table without a key too', async () => {
    await fill(2_000, 'id integer, a integer, b integer, filler text')
    await client.query('UPDATE t SET a = -777 WHERE id IN (5, 1500)')
    const result = await runBackfill({ ...broken, key: [] }, options())
    expect(result.refused.map((r) => r.reason)).toEqual(Array(2).fill('division by zero (22012)'))
    expect(await wrong('b IS NULL')).toBe(2)
    await client.query('UPDATE t SET a = 778 WHERE a = -777')
    expect((await runBackfill({ ...broken, key: [] }, options())).left).toBe(0)
  })

  it('ends the backfill where there are very many', async () => {
    await fill(3_000)
    const all = step({ table: 't', key: ['id'], set: [{ column: 'b', expression: 'a / 0' }], where: 'b IS NULL' })
    await expect(runBackfill(all, options())).rejects.toThrow(/^100 rows could not be changed, the last one: division by zero/)
  })
})

describe('a row that somebody else holds', () => {
  it('is waited for, while nobody has to wait long for the backfill', async () => {
    await fill(3_000)
    const other = await server.connect('postgres')
    await other.query('BEGIN; UPDATE t SET filler = filler WHERE id = 1500')
    const release = setTimeout(() => void other.query('COMMIT'), 1_500)
    const result = await runBackfill(copy('t'), options())
    clearTimeout(release)
    await other.end()
    expect(result).toEqual({ changed: 3_000, left: 0, refused: [], stopped: false })
  })
})

describe('checkpoints', () => {
  it('let several workers be stopped and go on, and no row is changed twice', async () => {
    await fill(60_000)
    let batches = 0
    const gate = async () => (++batches % 30 === 0 ? ('stop' as const) : ('go' as const))
    let changed = 0
    let runs = 0
    for (let stopped = true; stopped; runs++) {
      const result = await runBackfill(countUp('t'), options({ walk: 'keys', rows: 500, workers: 3, gate }))
      ;({ stopped } = result)
      changed += result.changed
    }
    expect(runs).toBeGreaterThan(2)
    expect(changed).toBe(60_000)
    expect(await wrong('n <> 1')).toBe(0)
    expect((await runBackfill(countUp('t'), options())).changed).toBe(0)
  })
})
