import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hotWatch } from '../../src/backfill/hot-watch.ts'
import { fixedPace, timedPace } from '../../src/backfill/pace.ts'
import { APPLICATION, readSignals } from '../../src/backfill/signals.ts'
import { DEFAULT_LIMITS, decide, type Signals } from '../../src/backfill/throttle.ts'
import { vacuumWatch } from '../../src/backfill/vacuum.ts'
import { type Server, startServer } from '../../src/server.ts'
import { copy } from './steps.ts'

const QUIET: Signals = { autovacuum: false, oldestTransaction: 0, waiters: 0 }

describe('the throttle', () => {
  it('lets a quiet database be worked on without a rest, and rests as it is told to', () => {
    expect(decide(QUIET, DEFAULT_LIMITS)).toEqual({ rest: 0 })
    expect(decide(QUIET, { ...DEFAULT_LIMITS, nice: 0.5 })).toEqual({ rest: 0.5 })
  })

  it.each<[string, Partial<Signals>, string]>([
    ['seconds behind', { lagSeconds: 11 }, 'a replica is 11 s behind (limit 10)'],
    ['bytes behind', { lagBytes: 300 * 1024 ** 2 }, 'a replica is 300 MB behind (limit 256)'],
    ['WAL not archived', { archiveBacklog: 65 }, '65 WAL files wait to be archived (limit 64)'],
    ['the probe', { probe: 1 }, 'the probe says 1 (limit 1)'],
  ])('waits for %s', (_, signals, wait) => {
    expect(decide({ ...QUIET, ...signals }, DEFAULT_LIMITS).wait).toBe(wait)
  })

  it('waits for old transactions only where somebody asks for it', () => {
    const signals = { ...QUIET, oldestTransaction: 3_600 }
    expect(decide(signals, DEFAULT_LIMITS).wait).toBeUndefined()
    expect(decide(signals, { ...DEFAULT_LIMITS, oldestTransaction: 60 }).wait).toBe('a transaction is open for 3600 s (limit 60)')
  })

  it('rests while sessions wait for it, and while autovacuum works on the table', () => {
    expect(decide({ ...QUIET, waiters: 2 }, DEFAULT_LIMITS)).toEqual({ rest: 1, why: '2 sessions wait for its rows' })
    expect(decide({ ...QUIET, autovacuum: true }, { ...DEFAULT_LIMITS, nice: 3 })).toEqual({
      rest: 3,
      why: 'autovacuum works on the table',
    })
  })
})

describe('old versions', () => {
  const done = (rows: number, hot: number) => ({ hot, updated: rows, progress: { next: null, isDone: false, seen: rows, rows } })
  it('are cleared away by one worker after each fifth of the table, but behind its last rows', () => {
    const watch = vacuumWatch({}, { rows: 1_000_000 })
    const due = Array.from({ length: 20 }, () => watch.isDue(done(50_000, 0)))
    expect(due.flatMap((is, i) => (is ? [i + 1] : []))).toEqual([4, 8, 12, 16])
  })

  it('are left to pruning where they stay on their page, and where rows are deleted', () => {
    const rows = { rows: 1_000_000 }
    expect(vacuumWatch({}, rows).isDue(done(210_000, 180_000))).toBe(false)
    expect(vacuumWatch({ deletes: true }, rows).isDue(done(500_000, 0))).toBe(false)
  })
})

describe('what is measured', () => {
  let server: Server
  let client: pg.Client
  beforeAll(async () => {
    server = await startServer()
    client = await server.connect('postgres')
    await client.query('CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer); INSERT INTO t VALUES (1, 1, NULL)')
  })
  afterAll(async () => {
    await client.end()
    await server.stop()
  })

  it('is nothing on a quiet server without replicas', async () => {
    expect(await readSignals(client, copy('t'), [])).toEqual(QUIET)
  })

  it('is who waits for a worker, and how long the oldest transaction is open', async () => {
    const [worker, app, report] = [await server.connect('postgres'), await server.connect('postgres'), await server.connect('postgres')]
    await worker.query(`SET application_name = '${APPLICATION}'`)
    await worker.query('BEGIN; UPDATE t SET b = 1 WHERE id = 1')
    await report.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM t')
    const waiting = app.query('UPDATE t SET a = 2 WHERE id = 1')
    let found = await readSignals(client, copy('t'), [])
    for (let i = 0; found.waiters === 0 && i < 100; i++) {
      await client.query('SELECT pg_sleep(0.02)')
      found = await readSignals(client, copy('t'), [])
    }
    expect(found.waiters).toBe(1)
    expect(found.oldestTransaction).toBeGreaterThan(0)
    await worker.query('COMMIT')
    await waiting
    for (const used of [worker, app, report]) await used.end()
  })

  it('is what the user asks, in a number or a boolean, or it is the user who is told', async () => {
    const probe = async (sql: string): Promise<number | undefined> => (await readSignals(client, copy('t'), [], sql)).probe
    expect(await probe('SELECT 3')).toBe(3)
    expect(await probe('SELECT true')).toBe(1)
    expect(await probe('SELECT NULL')).toBe(0)
    expect(await probe('SELECT FROM t WHERE false')).toBe(0)
    await expect(probe(`SELECT 'busy'`)).rejects.toThrow('The probe returned "busy"')
    await expect(probe('SELECT nothing')).rejects.toThrow(/The probe failed.*column "nothing" does not exist/)
  })
})

describe('the pace', () => {
  it('comes to batches of the wished time, and follows what rows cost', () => {
    const pace = timedPace(50, 1_000, 100_000)
    for (let i = 0; i < 20; i++) pace.took(pace.size(), pace.size() * 0.01)
    expect(pace.size()).toBeCloseTo(5_000, -1)
    for (let i = 0; i < 20; i++) pace.took(pace.size(), pace.size() * 0.1)
    expect(pace.size()).toBeGreaterThan(480)
    expect(pace.size()).toBeLessThan(520)
  })

  it('at most doubles, is halved by trouble down to one, and knows the largest', () => {
    const pace = timedPace(50, 1_000, 3_000)
    pace.took(1_000, 0.001)
    expect(pace.size()).toBe(2_000)
    pace.took(2_000, 0.001)
    expect(pace.size()).toBe(3_000)
    for (let i = 0; i < 20; i++) pace.trouble(pace.size())
    expect(pace.size()).toBe(1)
  })

  it('may be fixed, but for trouble', () => {
    const pace = fixedPace(6)
    pace.trouble(6)
    expect(pace.size()).toBe(3)
    pace.took(3, 1_000)
    pace.took(6, 1_000)
    expect(pace.size()).toBe(6)
  })
})

describe('waves', () => {
  it('rest where versions do not stay on their pages, and are tried again', () => {
    const watch = hotWatch()
    watch.saw({ hot: 800, updated: 1_000 }, true)
    expect(watch.visits(8)).toBe(8)
    watch.saw({ hot: 10, updated: 1_000 }, true)
    expect(watch.visits(8)).toBe(1)
    for (let i = 0; i < 24; i++) watch.saw({ hot: 0, updated: 1_000 }, true)
    expect(watch.visits(8)).toBe(8)
  })

  it('are judged by whole rounds of enough rows', () => {
    const watch = hotWatch()
    watch.saw({ hot: 0, updated: 10_000 }, false)
    expect(watch.visits(8)).toBe(8)
    watch.saw({ hot: 70_000, updated: 70_000 }, true)
    expect(watch.visits(8)).toBe(8)
    watch.saw({ hot: 0, updated: 100 }, true)
    expect(watch.visits(8)).toBe(8)
  })
})
