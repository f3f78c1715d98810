import type pg from 'pg'
import { openSession, type Places, type Session } from '../deploy/session.ts'
import { FEW_ROWS } from '../run-steps.ts'
import type { Clone } from '../shadow.ts'
import { backendPid, runGated } from './gate.ts'

/** How often one kind of place in one step is killed at: a backfill has many batches, all alike. */
const MOST_OF_A_KIND = 2

/** What was killed so far. */
export interface Kills {
  /** Places, each killed at once. */
  readonly at: ReadonlySet<string>
  /** The last of them, in words. */
  readonly last: string
}

class Killed extends Error {}

/** Runs `work` from its start, again and again: each time its connection is ended at the first place at which it was not ended yet, until it comes through. */
export async function killedEverywhere(
  clone: Clone,
  work: (run: { session: Session; about: (step: string, tables: readonly string[]) => void }) => Promise<void>,
): Promise<Kills> {
  const kills = { at: new Set<string>(), last: 'nothing' }
  const watcher = await clone.connect()
  for (;;) {
    const client = await clone.connect()
    const pid = await backendPid(client)
    let [step, tables]: [string, readonly string[]] = ['', []]
    const seen = new Map<string, number>()
    const kill = async (place: string): Promise<boolean> => {
      const kind = `${step} ${place}`
      const count = (seen.get(kind) ?? 0) + 1
      seen.set(kind, count)
      const key = `${kind} ${count}`
      if (count > MOST_OF_A_KIND || kills.at.has(key)) return false
      kills.at.add(key)
      kills.last = key
      return true
    }
    const places: Places = {
      at: async (place) => {
        if (!(await kill(place))) return
        await terminate(watcher, pid)
        throw new Killed()
      },
      runAlone: async (client, sql) => {
        if (!(await kill('during'))) return client.query(sql)
        return runGated(clone, client, sql, tables, () => terminate(watcher, pid))
      },
    }
    const session = await openSession(client, watcher, { patience: 2_000, onEvent: () => undefined, places, batchRows: FEW_ROWS })
    const about = (id: string, gated: readonly string[]) => {
      ;[step, tables] = [id, gated]
      seen.clear()
    }
    try {
      await work({ session, about })
      return kills
    } catch (error) {
      if (!(await isGone(watcher, pid))) throw error
    }
  }
}

async function terminate(watcher: pg.Client, pid: number): Promise<void> {
  await watcher.query('SELECT pg_terminate_backend($1)', [pid])
  while (!(await isGone(watcher, pid))) await new Promise((resolve) => setTimeout(resolve, 1))
}

async function isGone(watcher: pg.Client, pid: number): Promise<boolean> {
  const { rows } = await watcher.query('SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid = $1', [pid])
  return rows[0]?.n === 0
}
