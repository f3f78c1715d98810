import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { APPLICATION } from '../../src/backfill/signals.ts'
import { type Embedded, startEmbedded } from '../../src/embedded.ts'
import { openLedger } from '../../src/ledger/index.ts'

/** Kills of each kind; CI makes do with a few, `KILLS=200` is a hunt. */
const KILLS = Number(process.env.KILLS ?? 4)
/** Rows for each kill: the backfill must still run when it comes. */
const ROWS = Number(process.env.ROWS ?? 30_000)
/** Processes at the same time. */
const WORKERS = Number(process.env.WORKERS ?? 2)

let server: Embedded
let config: pg.ClientConfig
let client: pg.Client
beforeAll(async () => {
  server = await startEmbedded()
  config = { ...server.config, database: 'postgres' }
  client = await connect()
  await openLedger(client)
})
afterAll(async () => {
  await client.end()
  await server.stop()
})

async function connect(): Promise<pg.Client> {
  const opened = new pg.Client(config)
  opened.on('error', () => undefined)
  await opened.connect()
  return opened
}

/** The table and a twin that only the application writes; "b" is kept in step with "a" as a rename's trigger does it. */
async function prepare(): Promise<void> {
  await client.query(`DROP TABLE IF EXISTS t, twin;
    CREATE TABLE t (id integer PRIMARY KEY, a integer NOT NULL, b integer, n integer NOT NULL DEFAULT 0, filler text);
    INSERT INTO t SELECT i, i, NULL, 0, repeat('x', 60) FROM generate_series(1, ${ROWS}) i;
    CREATE TABLE twin AS SELECT id, a FROM t; ALTER TABLE twin ADD PRIMARY KEY (id);
    CREATE OR REPLACE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.b := NEW.a; RETURN NEW; END';
    CREATE TRIGGER zzz_keep BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (NEW.b IS DISTINCT FROM NEW.a) EXECUTE FUNCTION keep();
    ANALYZE t`)
}

/** Writers that change, add, move and remove rows, each statement on the table and on its twin in one transaction, until stopped. */
function traffic(): { stop(): Promise<{ statements: number; failed: string[] }> } {
  let running = true
  let statements = 0
  const failed: string[] = []
  const writer = async (seed: number): Promise<void> => {
    const own = await connect()
    let next = ROWS + seed
    for (let i = 0; running; i++) {
      const id = 1 + Math.floor(Math.random() * ROWS)
      next += 2
      const sql = [
        `UPDATE % SET a = a + 1 WHERE id = ${id}`,
        `INSERT INTO % (id, a) VALUES (${next}, ${i})`,
        `DELETE FROM % WHERE id = ${id}`,
      ][i % 3] as string
      try {
        await own.query('BEGIN')
        for (const table of ['t', 'twin']) await own.query(sql.replace('%', table))
        await own.query('COMMIT')
        statements += 2
      } catch (error) {
        failed.push(String(error))
        await own.query('ROLLBACK').catch(() => undefined)
      }
      await sleep(5)
    }
    await own.end()
  }
  const writers = [writer(1), writer(2)]
  return {
    stop: async () => {
      running = false
      await Promise.all(writers)
      return { statements, failed }
    },
  }
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

function start(
  plan: string,
  what: 'copy' | 'count',
): { process: ChildProcess; ended: Promise<{ code: number | null; out: string; err: string }> } {
  const args = [
    '--import',
    tsx,
    '--conditions=expand-contract-source',
    join(import.meta.dirname, 'worker.ts'),
    JSON.stringify({ config, plan, what }),
  ]
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  worker.stdout.on('data', (text) => {
    out += text
  })
  worker.stderr.on('data', (text) => {
    err += text
  })
  return { process: worker, ended: new Promise((resolve) => worker.once('close', (code) => resolve({ code, out, err }))) }
}

async function isDone(plan: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT coalesce(bool_and(done), false) AS done FROM expand_contract.backfill_range WHERE plan = $1 AND pass = (SELECT max(pass) FROM expand_contract.backfill_range WHERE plan = $1)`,
    [plan],
  )
  return rows[0].done
}

/** Kills workers, or their sessions, at random moments until there were enough kills or nothing is left to do; returns how many hit one at work. */
async function storm(plan: string, what: 'copy' | 'count', wanted: number): Promise<{ processes: number; sessions: number }> {
  const killed = { processes: 0, sessions: 0 }
  const workers = Array.from({ length: WORKERS }, () => start(plan, what))
  while (killed.processes + killed.sessions < wanted && !(await isDone(plan))) {
    await sleep(Math.random() * 400)
    const { rows } = await client.query(
      `SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND (xact_start IS NOT NULL OR query LIKE 'COMMIT%')`,
      [APPLICATION],
    )
    if (rows.length === 0) continue
    if (Math.random() < 0.5) {
      const at = Math.floor(Math.random() * WORKERS)
      workers[at]?.process.kill('SIGKILL')
      await workers[at]?.ended
      workers[at] = start(plan, what)
      killed.processes++
    } else {
      const pid = rows[Math.floor(Math.random() * rows.length)].pid
      killed.sessions += Number((await client.query('SELECT pg_terminate_backend($1)::int AS hit', [pid])).rows[0].hit)
    }
  }
  for (const { ended } of workers) {
    const { code, err } = await ended
    expect(err).toBe('')
    expect(code).toBe(0)
  }
  return killed
}

it(`survives ${KILLS} kills under traffic: no row is left out, lost or different, and no statement of the application fails`, {
  timeout: KILLS * 30_000 + 60_000,
}, async () => {
  let [kills, rounds, statements] = [0, 0, 0]
  for (; kills < KILLS; rounds++) {
    await prepare()
    const app = traffic()
    const killed = await storm(`chaos ${rounds}`, 'copy', KILLS - kills).finally(app.stop)
    const seen = await app.stop()
    kills += killed.processes + killed.sessions
    statements += seen.statements
    expect(seen.failed).toEqual([])
    expect((await client.query('SELECT id FROM t WHERE b IS DISTINCT FROM a')).rows).toEqual([])
    expect(
      (
        await client.query(
          '(SELECT id, a FROM t EXCEPT SELECT id, a FROM twin) UNION ALL (SELECT id, a FROM twin EXCEPT SELECT id, a FROM t)',
        )
      ).rows,
    ).toEqual([])
    expect((await client.query('SELECT FROM expand_contract.backfill_refused')).rowCount).toBe(0)
  }
  console.log(`${kills} kills in ${rounds} rounds of ${ROWS} rows, ${statements} statements of the application`)
  expect(statements).toBeGreaterThan(0)
})

it('changes no row twice, whoever is killed', { timeout: KILLS * 30_000 + 60_000 }, async () => {
  let kills = 0
  for (let round = 0; kills < KILLS; round++) {
    await prepare()
    const killed = await storm(`count ${round}`, 'count', KILLS - kills)
    kills += killed.processes + killed.sessions
    expect((await client.query('SELECT id, n FROM t WHERE n <> 1')).rows).toEqual([])
  }
  console.log(`${kills} kills`)
})
