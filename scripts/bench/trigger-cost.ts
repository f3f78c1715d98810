import type { Client } from 'pg'
import { makeTable, sessionCpu } from './fill-table.ts'

const RUNS = 7

/** Prints what the dual-write trigger costs a writer: updates of the column that is kept in step, and of one that it knows nothing of. */
export async function triggerCosts(client: Client, rows: number, add: readonly string[]): Promise<void> {
  console.log('The dual-write trigger, median of paired runs:')
  const kinds = { 'updates of the column in step': '"amount" = "amount" + 1', 'unrelated updates': '"note" = "note" || \'y\'' }
  // The trigger and the check are there in both: only the trigger is switched off, so that both tables are equally wide.
  await makeTable(client, rows, add)
  await client.query(`UPDATE "Item" SET "total" = "amount"`)
  for (const [name, set] of Object.entries(kinds)) {
    const ratios: number[] = []
    for (let run = 0; run < RUNS; run++) {
      const on = await spent(client, () => update(client, set, rows))
      await client.query('ALTER TABLE "Item" DISABLE TRIGGER USER')
      const off = await spent(client, () => update(client, set.includes('amount') ? `${set}, "total" = "amount" + 1` : set, rows))
      await client.query('ALTER TABLE "Item" ENABLE TRIGGER USER')
      ratios.push(on / off)
    }
    ratios.sort((a, b) => a - b)
    console.log(`  ${name}: ${ratios[RUNS >> 1]?.toFixed(2)} times (${ratios[0]?.toFixed(2)} to ${ratios.at(-1)?.toFixed(2)})`)
  }
}

/** Half of the rows, in a transaction that is rolled back: the next run meets the same table. */
async function update(client: Client, set: string, rows: number): Promise<void> {
  await client.query('BEGIN')
  await client.query(`UPDATE "Item" SET ${set} WHERE "id" <= ${Math.ceil(rows / 2)}`)
  await client.query('ROLLBACK')
}

/** CPU where the system tells it, else time. */
async function spent(client: Client, work: () => Promise<void>): Promise<number> {
  await client.query('VACUUM "Item"')
  const [before, start] = [await sessionCpu(client), performance.now()]
  await work()
  const after = await sessionCpu(client)
  return before === undefined || after === undefined ? performance.now() - start : after - before
}
