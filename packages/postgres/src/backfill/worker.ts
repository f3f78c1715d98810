import { setTimeout as sleep } from 'node:timers/promises'
import type { Backfill } from '@expand-contract/core'
import type { BackfillOptions } from './backfill.ts'
import { BatchFailure, runBatch } from './batch.ts'
import { isRoundStart, VISITS } from './block-walk.ts'
import type { Claim, Pass } from './checkpoint.ts'
import { openLine, pause } from './connections.ts'
import type { TableFacts } from './facts.ts'
import { hotWatch } from './hot-watch.ts'
import type { Pace } from './pace.ts'
import { refuseRow } from './refused.ts'
import { troubleOf } from './trouble.ts'
import { clearAway, type VacuumWatch } from './vacuum.ts'
import type { Place, Walk } from './walk.ts'

export interface Job extends Omit<BackfillOptions, 'walk'> {
  readonly step: Backfill
  readonly facts: TableFacts
  readonly pass: Pass
  readonly walk: Walk
  readonly pace: Pace
  /** One for all workers of the process. */
  readonly vacuum: VacuumWatch
}

/**
 * Milliseconds: the lock timeout of a batch, doubled with each try, and its statement timeout. A batch must have given up before a statement that waits for one of its
 * rows looks for a deadlock (deadlock_timeout, 1 s) and is cancelled.
 */
const LOCK_TIMEOUT = { first: 100, most: 500 }
const STATEMENT_TIMEOUT = 10_000
/** Tries of one row that somebody else holds. */
const TRIES = 10
/** Between two looks for a range, where others hold all that are left. */
const BUSY = 100

/** Does batches of one pass until no range is left. A connection that is lost is replaced. */
export async function workThrough(job: Job): Promise<{ changed: number; stopped: boolean }> {
  const { pace, pass, walk, checkpoint, connections } = job
  const hot = hotWatch()
  const line = await openLine(connections)
  let changed = 0
  let ms = 0
  let tries = 0
  let failed: { number: number; at: Place } | undefined
  try {
    for (;;) {
      if ((await job.gate?.(ms)) === 'stop') return { changed, stopped: true }
      const size = pace.size()
      const isSame = (claim: Claim): boolean => failed?.number === claim.number && JSON.stringify(failed.at) === JSON.stringify(claim.at)
      try {
        const lockTimeout = Math.min(LOCK_TIMEOUT.first * 2 ** tries, LOCK_TIMEOUT.most)
        const done = await runBatch(line.client(), {
          ...job,
          oids: job.facts.oids,
          wish: (claim) => ({ size, retries: isSame(claim), visits: walk.name === 'waves' ? hot.visits(VISITS) : 1 }),
          lockTimeout,
          statementTimeout: STATEMENT_TIMEOUT,
          afterStatement: job.afterStatement,
        })
        if (done === 'done') return { changed, stopped: false }
        if (done === 'busy') {
          await sleep(BUSY)
          continue
        }
        pace.took(size, done.work)
        hot.saw(done, isRoundStart(done.progress.next))
        ;({ ms } = done)
        changed += done.progress.rows
        tries = 0
        failed = undefined
        job.onBatch?.(pass, done)
        await job.betweenBatches?.()
        // Only a help: where it is refused, the batches go on without.
        if (job.vacuum.isDue(done)) await clearAway(line.client(), job.step).catch(() => undefined)
      } catch (error) {
        if (!(error instanceof BatchFailure)) throw error
        const { cause, claim, window } = error
        const trouble = troubleOf(cause)
        if (trouble === 'fatal') throw cause
        ms = 0
        if (trouble === 'connection') {
          await line.replace(cause)
          continue
        }
        failed = claim && { number: claim.number, at: claim.at }
        if (window && !window.isSingle) pace.trouble(size)
        else if (++tries >= TRIES || trouble === 'row') {
          if (!claim || !window) throw cause
          await line.surely((client) => refuseRow(client, { pass, checkpoint, claim, window, cause }))
          tries = 0
        }
        if (trouble === 'passing') await sleep(pause(tries))
      }
    }
  } finally {
    await line.close()
  }
}
