import { type Backfill, quoteName } from '@expand-contract/core'
import type { Client } from 'pg'

/** Rows of the sample, and ms that trying it may take. */
const ROWS = 2_000
const PATIENCE = 2_000
/** What a batch costs besides its rows, and rests: measured against what the sample says. */
const BESIDES = 1.5

/**
 * How many rows a second a backfill may change, measured: some of the table's own rows are copied into a temporary table with the same indexes, and changed there. It is rolled back; undefined where it can't be
 * tried (a replica, a user who may make no temporary tables, an empty table).
 */
export async function measuredRate(client: Client, { table, key }: Backfill): Promise<number | undefined> {
  const column = key[0]
  if (column === undefined) return undefined
  await client.query(`BEGIN; SET LOCAL statement_timeout = ${PATIENCE}; SET LOCAL lock_timeout = 100`)
  try {
    await client.query(`CREATE TEMPORARY TABLE ec_sample (LIKE ${table} INCLUDING INDEXES INCLUDING STORAGE) ON COMMIT DROP`)
    const { rowCount } = await client.query(`INSERT INTO pg_temp.ec_sample SELECT * FROM ${table} LIMIT ${ROWS}`)
    if ((rowCount ?? 0) < ROWS / 2) return undefined
    const started = performance.now()
    await client.query(`UPDATE pg_temp.ec_sample SET ${quoteName(column)} = ${quoteName(column)}`)
    return ((rowCount ?? 0) / (performance.now() - started)) * (1_000 / BESIDES)
  } catch {
    return undefined
  } finally {
    await client.query('ROLLBACK')
  }
}
