import type { Client } from 'pg'
import { blockersOf } from './blockers.ts'
import type { Blocker, OnEvent } from './events.ts'

/** First and longest time between two looks, in ms: the shortest lock_timeout is 100. */
const SOON = 30
const LATER = 1_000

/** Looks on while another connection works. */
export interface Watch {
  /** Who kept it waiting when it was last seen waiting. */
  readonly blockers: readonly Blocker[]
}

/**
 * Runs `work` on the backend `pid` while `watcher` looks on: who keeps it waiting, and with `reports` also how far CREATE INDEX is. Returns what `work` does;
 * throws its error.
 */
export async function watched<T>(
  watcher: Client,
  pid: number,
  work: (watch: Watch) => Promise<T>,
  reports?: { readonly what: string; readonly onEvent: OnEvent },
): Promise<T> {
  const watch: { blockers: readonly Blocker[] } = { blockers: [] }
  let isDone = false
  let wake = (): void => undefined
  const looking = (async () => {
    for (let pause = SOON; !isDone; pause = Math.min(LATER, pause * 1.2)) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      if (isDone) return
      const blockers = await blockersOf(watcher, pid)
      if (blockers.length > 0) watch.blockers = blockers
      if (reports && pause >= LATER) reports.onEvent({ kind: 'progress', ...(await progressOf(watcher, pid, reports.what)), blockers })
    }
    // A look that fails must not fail the work: it is only looked at.
  })().catch(() => undefined)
  try {
    return await work(watch)
  } finally {
    isDone = true
    wake()
    await looking
  }
}

async function progressOf(watcher: Client, pid: number, what: string): Promise<{ what: string; part: number | undefined }> {
  const { rows } = await watcher.query<{ phase: string; done: number; total: number }>(
    `SELECT phase, greatest(blocks_done, tuples_done)::float8 AS done, greatest(blocks_total, tuples_total)::float8 AS total
     FROM pg_stat_progress_create_index WHERE pid = $1`,
    [pid],
  )
  const [row] = rows
  if (!row) return { what, part: undefined }
  return { what: `${what}, ${row.phase}`, part: row.total > 0 ? row.done / row.total : undefined }
}
