import { type Backfill, batchSql } from '@expand-contract/core'
import type { Client } from 'pg'
import type { Checkpoint, Claim, Pass, Progress } from './checkpoint.ts'
import type { Range, Walk, Window, Wish } from './walk.ts'

/** Settings of a transaction in which keys become text, so that another session reads them as they were meant. */
export const READABLE = 'SET LOCAL DateStyle = ISO; SET LOCAL IntervalStyle = postgres'

/** A batch that is committed. */
export interface Done {
  readonly claim: Claim
  readonly progress: Progress
  /** Milliseconds from the statement to the end of the commit: as long as its rows were locked. */
  readonly ms: number
  /** Milliseconds of the statement, without the way there and back. */
  readonly work: number
  /** New versions of rows that found room on their page, of all. */
  readonly hot: number
  readonly updated: number
}

/** A batch that failed, and was rolled back. */
export class BatchFailure extends Error {
  override readonly name = 'BatchFailure'
  override readonly cause: unknown
  readonly claim: Claim | undefined
  readonly window: Window | undefined
  constructor(cause: unknown, claim: Claim | undefined, window: Window | undefined) {
    super(cause instanceof Error ? cause.message : String(cause))
    this.cause = cause
    this.claim = claim
    this.window = window
  }
}

export interface BatchJob {
  readonly step: Backfill
  readonly pass: Pass
  readonly walk: Walk
  readonly checkpoint: Checkpoint
  /** OIDs of the table, its partitions and children. */
  readonly oids: readonly number[]
  /** What to do with the range, once it is known. */
  readonly wish: (claim: Claim) => Wish
  /** Milliseconds; see {@link runBatch}. */
  readonly lockTimeout: number
  readonly statementTimeout: number
  readonly afterStatement: ((client: Client, sql: string) => Promise<void>) | undefined
}

/**
 * One batch, whole or not at all: a range is claimed, a window of it is changed, and where the range stands then is written, in one transaction. The lock timeout is short: rows
 * that are changed already stay locked while it waits for one that somebody else holds. Throws {@link BatchFailure}.
 */
export async function runBatch(client: Client, job: BatchJob): Promise<Done | 'busy' | 'done'> {
  const { step, pass, walk, checkpoint, oids } = job
  let claim: Claim | undefined
  let window: Window | undefined
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = ${job.lockTimeout}; SET LOCAL statement_timeout = ${job.statementTimeout}; ${READABLE}`,
    )
    const asked = performance.now()
    const claimed = await checkpoint.claim(client, pass)
    // A statement that does next to nothing: it tells how long any takes.
    const way = performance.now() - asked
    if (typeof claimed === 'string') {
      await client.query('COMMIT')
      return claimed
    }
    claim = claimed
    window = await walk.window(client, claim satisfies Range, job.wish(claim))
    const counts = walk.name === 'waves' ? await tally(client, oids) : undefined
    const sql = batchSql(step, window.condition)
    const started = performance.now()
    const rows = (await client.query(sql, [...window.values])).rowCount ?? 0
    const work = Math.max(0, performance.now() - started - way)
    await job.afterStatement?.(client, sql)
    const after = counts && (await tally(client, oids))
    const progress = { next: window.next, isDone: window.isLast, seen: Math.max(window.seen, walk.unit === 'rows' ? rows : 0), rows }
    await checkpoint.write(client, pass, claim, progress)
    await client.query('COMMIT')
    checkpoint.committed(claim, progress)
    const ms = performance.now() - started
    return {
      claim,
      progress,
      ms,
      work,
      hot: (after?.hot ?? 0) - (counts?.hot ?? 0),
      updated: (after?.updated ?? 0) - (counts?.updated ?? 0),
    }
  } catch (error) {
    // A connection that is gone has rolled back by itself.
    await client.query('ROLLBACK').catch(() => undefined)
    throw new BatchFailure(error, claim, window)
  }
}

/** Counters of this transaction, and of those before it that were not sent yet: only differences tell. */
async function tally(client: Client, oids: readonly number[]): Promise<{ hot: number; updated: number }> {
  const { rows } = await client.query<{ hot: number; updated: number }>(
    `SELECT coalesce(sum(pg_stat_get_xact_tuples_hot_updated(oid)), 0)::float8 AS hot, coalesce(sum(pg_stat_get_xact_tuples_updated(oid)), 0)::float8 AS updated
     FROM unnest($1::oid[]) AS oid`,
    [oids],
  )
  return rows[0] ?? { hot: 0, updated: 0 }
}
