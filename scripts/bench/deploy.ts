import { setTimeout as sleep } from 'node:timers/promises'
import { buildMigration, type Plan, planMigration, quoteName, replayHistory } from '@expand-contract/core'
import type { Client } from 'pg'
import { applyStep } from '../../packages/postgres/src/deploy/apply-step.ts'
import { openSession } from '../../packages/postgres/src/deploy/session.ts'
import { openLedger, readSteps } from '../../packages/postgres/src/ledger/index.ts'
import { type Server, startServer } from '../../packages/postgres/src/server.ts'
import { CASES, type Case, type Code, OLD, TABLES } from './deploy-cases.ts'

const WRITERS = 8
/** Milliseconds between two statements of a writer, and of the application alone before and after. */
const PAUSE = 10
const REST = 1_000
/** Tables besides the one that changes. */
const OTHERS = 300

interface Seen {
  readonly longest: number
  readonly failed: number
  readonly first: string | undefined
  readonly statements: number
}

/** Each strategy's migration on a table under writers, as the ORM wrote it and as a deploy of its plan: the longest that a statement of the application waited, and how many failed. */
export async function benchDeploy(rows: number, only?: string): Promise<void> {
  const server = await startServer()
  try {
    console.log(
      `${WRITERS} writers on a table of ${rows.toLocaleString('en-US')} rows among ${OTHERS} others; PostgreSQL ${server.major}. Longest wait of a statement, and statements that failed:`,
    )
    for (const each of CASES.filter((c) => only === undefined || c.strategy === only)) {
      const rest = await inDatabase(server, rows, async (client, app) => {
        await app.runs(OLD)
        await client.query('SELECT pg_sleep(1)')
      })
      let refused: string | undefined
      const original = await inDatabase(server, rows, async (client, app) => {
        await app.runs(OLD)
        // Sent whole, as Prisma does it; what PostgreSQL refuses because there are rows is a result too.
        await client.query(each.sql).catch((error: Error) => {
          refused = error.message
        })
      })
      const ours = await inDatabase(server, rows, (client, app, watcher) => deployed(each, client, app, watcher))
      const shown = ({ longest, failed }: Seen): string => `${Math.round(longest)} ms${failed > 0 ? `, ${failed} failed` : ''}`
      console.log(
        `  ${each.strategy.padEnd(20)} original ${(refused ? 'is refused' : shown(original)).padEnd(24)} ours ${shown(ours).padEnd(18)} at rest ${shown(rest)} (${ours.statements} statements)`,
      )
      if (ours.first !== undefined) console.log(`    FAILED: ${ours.first}`)
    }
  } finally {
    await server.stop()
  }
}

/** Expand under old code, then the contract under new code, as `deploy` runs their steps. */
async function deployed(each: Case, client: Client, app: Application, watcher: Client): Promise<void> {
  const plan = planOf(each)
  await openLedger(client)
  const session = await openSession(client, watcher, { patience: 300_000, onEvent: () => undefined, isLive: true })
  await app.runs(OLD)
  for (const { name, steps } of plan.stages) {
    // Between the stages both run; where new code must wait for the contract it comes with its end.
    if (name === 'contract') await app.runs(plan.newCodeWaits ? undefined : { ...OLD, ...each.code })
    for (const step of steps) await applyStep(session, { plan: plan.id, stage: name, step, by: 'bench' }, await readSteps(client, plan.id))
  }
  await app.runs({ ...OLD, ...each.code })
}

function planOf({ sql, intents = [], strategy }: Case): Plan {
  const entry = replayHistory([
    { id: '1_init', text: TABLES },
    { id: `2_${strategy}`, text: sql },
  ]).at(-1)
  if (!entry) throw new Error('no history')
  const plan = planMigration(buildMigration(entry, intents, 14))
  if (plan.refusals.length > 0) throw new Error(`${strategy}: ${plan.refusals.map((r) => `${r.reason} ${r.fix}`).join(' ')}`)
  return plan
}

interface Application {
  /** Lets the writers run this code from now on; undefined: none. Returns when each of them does. */
  runs(code: Code | undefined): Promise<void>
}

let count = 0

async function inDatabase(
  server: Server,
  rows: number,
  work: (client: Client, app: Application, watcher: Client) => Promise<void>,
): Promise<Seen> {
  const name = `bench_${count++}`
  await server.create(name)
  const [client, watcher] = [await server.connect(name), await server.connect(name)]
  await client.query(TABLES)
  for (let i = 0; i < OTHERS; i++)
    await client.query(`CREATE TABLE "other_${i}" (id serial PRIMARY KEY, owner integer REFERENCES "Owner", name text)`)
  await client.query(
    `INSERT INTO "Owner" SELECT generate_series(0, 999);
     INSERT INTO "Item" (owner, amount, title, email, note, role, code, plan)
     SELECT i % 1000, i, 'item ' || i, 'user' || i || '@example.com', 'n', 'user', (i % 100)::text, 'free' FROM generate_series(1, ${rows}) i`,
  )
  await client.query('VACUUM ANALYZE')
  const app = await application(() => server.connect(name), rows)
  await sleep(REST)
  try {
    await work(client, app, watcher)
    await sleep(REST)
  } finally {
    await app.stop()
    await client.end()
    await watcher.end()
    await server.drop(name)
  }
  return app.seen()
}

async function application(connect: () => Promise<Client>, rows: number): Promise<Application & { stop(): Promise<void>; seen(): Seen }> {
  let running = true
  let code: Code | undefined
  let [longest, failed, statements] = [0, 0, 0]
  let first: string | undefined
  let turn = 0
  const turns = new Array<number>(WRITERS).fill(0)
  const writers = Array.from({ length: WRITERS }, async (_, at) => {
    const client = await connect()
    for (let i = 0; running; i++) {
      turns[at] = turn
      if (code) {
        const id = 1 + Math.floor(Math.random() * rows)
        const started = performance.now()
        await client.query(statement(code, i, id, `${at} ${i}`)).catch((error: Error) => {
          failed++
          first ??= error.message
        })
        longest = Math.max(longest, performance.now() - started)
        statements++
      }
      await sleep(PAUSE)
    }
    await client.end()
  })
  return {
    async runs(next) {
      code = next
      turn++
      while (running && turns.some((t) => t !== turn)) await sleep(PAUSE)
    },
    async stop() {
      running = false
      await Promise.all(writers)
    },
    seen: () => ({ longest, failed, first, statements }),
  }
}

function statement({ table, number, text, more }: Code, i: number, id: number, unique: string): string {
  const t = quoteName(table)
  if (i % 4 === 0) return `SELECT * FROM ${t} WHERE "id" = ${id}`
  if (i % 4 === 1) return `UPDATE ${t} SET ${quoteName(number)} = ${quoteName(number)} + 1 WHERE "id" = ${id}`
  if (i % 4 === 2) return `UPDATE ${t} SET ${quoteName(text)} = 'changed ${i}' WHERE "id" = ${id}`
  const columns = Object.keys(more).map(quoteName).join(', ')
  return `INSERT INTO ${t} ("owner", ${quoteName(number)}, ${quoteName(text)}, "email", ${columns}) VALUES (${id % 1000}, 1, 'new', 'w${unique}@example.com', ${Object.values(more).join(', ')})`
}
