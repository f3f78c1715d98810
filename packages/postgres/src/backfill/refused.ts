import { type Backfill, batchName, batchSql, quoteName, UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import { describe } from '../run-steps.ts'
import type { Checkpoint, Claim, Pass } from './checkpoint.ts'
import { troubleOf } from './trouble.ts'
import type { Window } from './walk.ts'

/** Refused rows at which a backfill ends: then it is not the rows that are wrong. */
const MOST = 100

interface Refusal {
  readonly pass: Pass
  readonly checkpoint: Checkpoint
  readonly claim: Claim
  readonly window: Window
  readonly cause: unknown
}

/** Moves the range past one row and records the row, in one transaction; does nothing where another worker got hold of the range meanwhile. Throws {@link UserError} for too many. */
export async function refuseRow(client: Client, { pass, checkpoint, claim, window, cause }: Refusal): Promise<void> {
  await client.query('BEGIN')
  try {
    const again = await checkpoint.claim(client, pass)
    if (typeof again === 'string' || again.number !== claim.number || JSON.stringify(again.at) !== JSON.stringify(claim.at)) {
      await client.query('ROLLBACK')
      return
    }
    const progress = { next: window.next, isDone: window.isLast, seen: window.seen, rows: 0 }
    if (window.row) await checkpoint.refuse(client, { row: window.row, reason: describe(cause) })
    await checkpoint.write(client, pass, claim, progress)
    await client.query('COMMIT')
    checkpoint.committed(claim, progress)
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
  const all = await checkpoint.refused(client)
  if (all.length >= MOST) {
    throw new UserError(
      `${all.length} rows could not be changed, the last one: ${describe(cause)}. So it is not a few rows that are wrong but what they are filled with: correct the plan or the rows, then run the same command again.`,
    )
  }
}

/** Tries the rows once more that were refused before; returns how many were changed. Those without a key are found again by the next pass. */
export async function retryRefused(client: Client, step: Backfill, checkpoint: Checkpoint): Promise<number> {
  let changed = 0
  for (const { row } of await checkpoint.refused(client)) {
    const own = `(${step.key.map((name) => `${batchName(step)}.${quoteName(name)}`).join(', ')})`
    const condition = `${own} = (${row.map((_, i) => `$${i + 1}`).join(', ')})`
    try {
      await client.query(`BEGIN; SET LOCAL lock_timeout = '1s'`)
      if (step.key.length > 0) changed += (await client.query(batchSql(step, condition), [...row])).rowCount ?? 0
      await checkpoint.accept(client, row)
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK')
      const trouble = troubleOf(error)
      if (trouble !== 'row' && trouble !== 'passing') throw error
    }
  }
  return changed
}
