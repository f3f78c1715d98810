import { type Backfill, batchName } from '@expand-contract/core'
import type { Client } from 'pg'

/** Rows that meet the step's condition, in one snapshot. Reads the whole table, as validating a constraint does. */
export async function countLeft(client: Client, step: Backfill): Promise<number> {
  const name = batchName(step)
  const from = step.from === undefined ? '' : `, ${step.from}`
  // A row that meets several rows of another table is one row.
  const counted = step.from === undefined ? '*' : `DISTINCT (${name}.tableoid, ${name}.ctid)`
  const source = step.alias === undefined ? step.table : `${step.table} AS ${step.alias}`
  const sql = `${step.with === undefined ? '' : `WITH ${step.with} `}SELECT count(${counted}) AS left FROM ${source}${from} WHERE ${step.where}\n`
  return inReading(client, async () => Number((await client.query<{ left: string }>(sql)).rows[0]?.left))
}

/** In a transaction without a statement timeout: what reads a whole table takes as long as the table is large. */
export async function inReading<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL statement_timeout = 0')
  try {
    return await work()
  } finally {
    await client.query('COMMIT').catch(() => undefined)
  }
}
