/** What is measured of a database while a backfill runs. What can't be measured there is absent. */
export interface Signals {
  /** The worst of the replicas: seconds and bytes that they are behind. */
  readonly lagSeconds?: number
  readonly lagBytes?: number
  /** WAL files that wait to be archived. */
  readonly archiveBacklog?: number
  /** Autovacuum works on the table. */
  readonly autovacuum: boolean
  /** Seconds since the oldest transaction began, but for ours. */
  readonly oldestTransaction: number
  /** Sessions that wait for a lock of one of our workers. */
  readonly waiters: number
  /** What the user's own query returned. */
  readonly probe?: number
}

/** From where on a backfill waits, and how much it rests. */
export interface Limits {
  readonly lagSeconds: number
  readonly lagBytes: number
  readonly archiveBacklog: number
  /** Seconds; infinite where nobody asks for it, for a long report harms nobody: only waves are no better than plain windows meanwhile. */
  readonly oldestTransaction: number
  /** The probe's result from which on it waits. */
  readonly probe: number
  /** Time to rest for each unit of time at work: 0 is none, 1 as long as it works. */
  readonly nice: number
}

export const DEFAULT_LIMITS: Limits = {
  lagSeconds: 10,
  lagBytes: 256 * 1024 ** 2,
  archiveBacklog: 64,
  oldestTransaction: Number.POSITIVE_INFINITY,
  probe: 1,
  nice: 0,
}

/** Autovacuum that works on the same pages, and sessions that wait for a row: as much rest as work, at least. */
const GENTLE = 1

/** What a backfill is to do before its next batch. */
export interface Decision {
  /** Why it waits until the next measurement. */
  readonly wait?: string
  /** Time to rest for each unit of time at work. */
  readonly rest: number
  /** Why it rests more than it was told to. */
  readonly why?: string
}

/** Pure: the same signals and limits give the same decision. */
export function decide(signals: Signals, limits: Limits): Decision {
  const { lagSeconds = 0, lagBytes = 0, archiveBacklog = 0, probe } = signals
  const rest = limits.nice
  const wait = (why: string): Decision => ({ wait: why, rest })
  if (lagSeconds > limits.lagSeconds) return wait(`a replica is ${Math.round(lagSeconds)} s behind (limit ${limits.lagSeconds})`)
  if (lagBytes > limits.lagBytes) return wait(`a replica is ${megabytes(lagBytes)} MB behind (limit ${megabytes(limits.lagBytes)})`)
  if (archiveBacklog > limits.archiveBacklog)
    return wait(`${archiveBacklog} WAL files wait to be archived (limit ${limits.archiveBacklog})`)
  if (signals.oldestTransaction > limits.oldestTransaction)
    return wait(`a transaction is open for ${Math.round(signals.oldestTransaction)} s (limit ${limits.oldestTransaction})`)
  if (probe !== undefined && probe >= limits.probe) return wait(`the probe says ${probe} (limit ${limits.probe})`)
  if (signals.waiters > 0) return { rest: Math.max(rest, GENTLE), why: `${signals.waiters} sessions wait for its rows` }
  if (signals.autovacuum) return { rest: Math.max(rest, GENTLE), why: 'autovacuum works on the table' }
  return { rest }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2)
}
