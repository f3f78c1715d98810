import { readFileSync } from 'node:fs'
import { type Backfill, buildMigration, planMigration, replayHistory } from '@expand-contract/core'
import type { Client } from 'pg'
import type { Server } from '../../packages/postgres/src/server.ts'

const TABLE = `CREATE TABLE "Item" ("id" bigint NOT NULL, "owner" integer NOT NULL, "amount" bigint NOT NULL, "title" text NOT NULL, "email" text NOT NULL,
  "createdAt" timestamptz NOT NULL DEFAULT now(), "note" text, CONSTRAINT "Item_pkey" PRIMARY KEY ("id"));
CREATE INDEX "Item_owner_idx" ON "Item"("owner"); CREATE INDEX "Item_email_idx" ON "Item"("email"); CREATE INDEX "Item_createdAt_idx" ON "Item"("createdAt");`

/** The rename of a column as the planner makes it: what adds the new column with its trigger, and the backfill. */
export function renamePlan(): { add: readonly string[]; fill: Backfill } {
  const history = [
    { id: '1_init', path: '', text: TABLE, intents: [] },
    { id: '2_rename', path: '', text: `ALTER TABLE "Item" RENAME COLUMN "amount" TO "total";`, intents: [] },
  ]
  const entry = replayHistory(history).at(-1)
  if (!entry) throw new Error('no history')
  const plan = planMigration(buildMigration(entry, [], 14))
  const [add, fill] = plan.stages[0].steps
  if (add?.kind !== 'ddl' || fill?.kind !== 'backfill') throw new Error(`a rename is planned otherwise: ${JSON.stringify(plan.refusals)}`)
  return { add: add.sql, fill }
}

/** A fresh table of so many rows, packed, with the new column and its trigger. */
export async function makeTable(client: Client, rows: number, add: readonly string[]): Promise<void> {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  await client.query(TABLE)
  await client.query(
    `INSERT INTO "Item" SELECT i, (i * 7919) % 100000, i, 'item ' || i, 'user' || i || '@example.com', now() - i * interval '1 second', repeat('x', 20)
     FROM generate_series(1, ${rows}::bigint) i`,
  )
  for (const sql of add) await client.query(sql)
  await client.query('VACUUM ANALYZE "Item"')
  await client.query('CHECKPOINT')
}

/** What a way of filling cost. */
export interface FillCost {
  readonly seconds: number
  /** CPU seconds of the server's sessions; undefined where the system does not tell (it is read from /proc). */
  readonly cpu: number | undefined
  readonly walBytes: number
  /** Size of the heap after, in times of before. */
  readonly heap: number
  /** Longest transaction in ms. */
  readonly longest: number
}

/** Sessions of one way of filling: what they used is known when they are given back. */
export interface Meter {
  take(): Promise<Client>
  give(client: Client): Promise<void>
  took(ms: number): void
}

/** Runs one way on the table as it is. */
export async function cost(server: Server, client: Client, way: (meter: Meter) => Promise<void>): Promise<FillCost> {
  const size = async (): Promise<number> => (await client.query(`SELECT pg_relation_size('"Item"')::float8 AS s`)).rows[0].s
  const before = await size()
  const { at } = (await client.query('SELECT pg_current_wal_lsn() AS at')).rows[0]
  let cpu: number | undefined = 0
  let longest = 0
  const meter: Meter = {
    take: () => server.connect('postgres'),
    give: async (used) => {
      const seconds = await sessionCpu(used)
      cpu = cpu === undefined || seconds === undefined ? undefined : cpu + seconds
      await used.end()
    },
    took: (ms) => {
      longest = Math.max(longest, ms)
    },
  }
  const start = performance.now()
  await way(meter)
  const seconds = (performance.now() - start) / 1_000
  const { rows } = await client.query('SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), $1)::float8 AS bytes', [at])
  const wrong = await client.query(`SELECT FROM "Item" WHERE "total" IS DISTINCT FROM "amount" LIMIT 1`)
  if (wrong.rowCount !== 0) throw new Error('a row was left out')
  return { seconds, cpu, walBytes: rows[0].bytes, heap: (await size()) / before, longest }
}

/** User and system time of a session's process, in seconds. */
export async function sessionCpu(client: Client): Promise<number | undefined> {
  const { pid } = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0]
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return undefined
  }
}
