import type { Backfill } from '@expand-contract/core'
import type { Client } from 'pg'
import { runBackfill } from '../../packages/postgres/src/backfill/backfill.ts'
import { forgetBackfill, inLedger } from '../../packages/postgres/src/backfill/in-ledger.ts'
import type { WalkName } from '../../packages/postgres/src/backfill/walk.ts'
import { openLedger } from '../../packages/postgres/src/ledger/index.ts'
import { startServer } from '../../packages/postgres/src/server.ts'
import { latencies } from './application.ts'
import { cost, type FillCost, type Meter, makeTable, renamePlan } from './fill-table.ts'
import { triggerCosts } from './trigger-cost.ts'

type Way = (meter: Meter) => Promise<void>

/** Rows of a batch of the ways that are compared. */
const BATCH = 1_000

/** All on one table shape, in one run, on a server that syncs nothing to disk. Ratios are the message: the same machine, the same minutes. Aims stand beside them. */
export async function benchBackfill(rows: number, target = 50): Promise<void> {
  const server = await startServer()
  const client = await server.connect('postgres')
  try {
    await openLedger(client)
    const { add, fill } = renamePlan()
    const measure = async (name: string, of: number, way: Way): Promise<FillCost> => {
      await makeTable(client, of, add)
      await forgetBackfill(client, STEP)
      const found = await cost(server, client, way)
      console.log(line(name, of, found))
      return found
    }
    console.log(
      `${rows.toLocaleString('en-US')} rows of 7 columns, 4 indexes, a rename's trigger; PostgreSQL ${server.major}; batches of ${target} ms`,
    )
    const single = await measure('one UPDATE', rows, once(fill))
    const ours = await measure('backfill', rows, engine(fill, { target }))
    const keys = await measure('backfill, by key', rows, engine(fill, { target, walk: 'keys' }))
    const two = await measure('backfill, 2 workers', rows, engine(fill, { target, workers: 2 }))
    const naive = await measure(`WHERE new IS NULL LIMIT ${BATCH}`, rows, naiveLoop())
    const touch = await measure('touching rows for the trigger', rows, touchRows())
    const many = await measure(`backfill, ${(rows * 4).toLocaleString('en-US')} rows`, rows * 4, engine(fill, { target }))
    ratio('against one UPDATE', ours, single, 'aim 1.2')
    ratio('against one UPDATE, by key', keys, single)
    ratio('2 workers against one', two, ours, 'aim 1.6')
    ratio('against the naive loop', ours, naive)
    ratio('against touching rows', ours, touch, 'aim 3')
    console.log(`  heap ${ours.heap.toFixed(2)}x of before, one UPDATE ${single.heap.toFixed(2)}x (aim 1.4)`)
    console.log(
      `  4 times the rows take ${(many.seconds / ours.seconds).toFixed(2)} times as long, of cpu ${of(many.cpu, ours.cpu)} (aim at most 4.4)\n`,
    )

    await makeTable(client, rows, add)
    await forgetBackfill(client, STEP)
    await latencies(server, client, rows, { backfill: engine(fill, { target }), 'one UPDATE': once(fill) }, async () => {
      await makeTable(client, rows, add)
      await forgetBackfill(client, STEP)
    })
    await triggerCosts(client, Math.min(rows, 200_000), add)
  } finally {
    await client.end()
    await server.stop()
  }
}

const STEP = { plan: 'bench', step: '02-backfill' }

function engine(step: Backfill, { target, walk, workers = 1 }: { target: number; walk?: WalkName; workers?: number }): Way {
  return async ({ take, give, took }) => {
    const options = { connections: { take, give }, checkpoint: inLedger(STEP), workers, target, ...(walk && { walk }) }
    await runBackfill(step, { ...options, onBatch: (_, { ms }) => took(ms) })
  }
}

function once(step: Backfill): Way {
  const set = step.set.map(({ column, expression }) => `"${column}" = ${expression}`).join(', ')
  return batches(async (client) => {
    await client.query(`UPDATE ${step.table} SET ${set} WHERE ${step.where}`)
    return false
  })
}

/** As it is written by hand again and again. */
function naiveLoop(): Way {
  return batches(async (client) => {
    const sql = `UPDATE "Item" SET "total" = "amount" WHERE "id" IN (SELECT "id" FROM "Item" WHERE "total" IS NULL LIMIT ${BATCH})`
    return (await client.query(sql)).rowCount === BATCH
  })
}

/** Rows are set to themselves in the order of the key, so that a trigger fills them: as engines do that keep the fill in a trigger alone. */
function touchRows(): Way {
  let after = 0
  return batches(async (client) => {
    const { rows } = await client.query(
      `WITH batch AS (SELECT "id" FROM "Item" WHERE "id" > $1 ORDER BY "id" LIMIT ${BATCH} FOR NO KEY UPDATE), touched AS (
         UPDATE "Item" SET "id" = "Item"."id" FROM batch WHERE "Item"."id" = batch."id" RETURNING "Item"."id")
       SELECT max("id") AS last FROM touched`,
      [after],
    )
    after = Number(rows[0].last)
    return rows[0].last !== null
  })
}

function batches(next: (client: Client) => Promise<boolean>): Way {
  return async ({ take, give, took }) => {
    const client = await take()
    for (let goesOn = true; goesOn; ) {
      const start = performance.now()
      goesOn = await next(client)
      took(performance.now() - start)
    }
    await give(client)
  }
}

function line(name: string, rows: number, { seconds, cpu, walBytes, heap, longest }: FillCost): string {
  const of = cpu === undefined ? '' : `${((cpu / rows) * 1e6).toFixed(1)} us of cpu a row, `
  return `  ${name.padEnd(32)} ${Math.round(rows / seconds)
    .toLocaleString('en-US')
    .padStart(9)} rows/s, ${of}${Math.round(walBytes / rows)} B of WAL a row, heap ${heap.toFixed(2)}x, longest ${Math.round(longest)} ms`
}

function ratio(name: string, a: FillCost, b: FillCost, aim?: string): void {
  console.log(
    `  ${name}: ${(b.seconds / a.seconds).toFixed(2)} times the rows/s, ${of(b.cpu, a.cpu)} times for each second of cpu${aim ? ` (${aim})` : ''}`,
  )
}

function of(a: number | undefined, b: number | undefined): string {
  return a === undefined || b === undefined ? 'unknown' : (a / b).toFixed(2)
}
