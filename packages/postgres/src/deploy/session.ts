import { type Attempt, attempts } from '@expand-contract/core'
import type { Client } from 'pg'
import type { KeepWish } from '../keep/keep.ts'
import type { OnEvent } from './events.ts'

/** Where a deploy may be broken off: what a law does there, it does at every point of a step. */
export interface Places {
  /** Before and after each part of a step: its transactions, and the statements in them. */
  readonly at: (place: string) => Promise<void>
  /** Runs a statement that stands outside any transaction; default: `client.query`. */
  readonly runAlone?: (client: Client, sql: string) => Promise<unknown>
}

/** The one connection that works, and one that looks on. */
export interface Session {
  readonly client: Client
  readonly watcher: Client
  /** Backend of `client`. */
  readonly pid: number
  /** How long to go on trying for a lock, in ms. */
  readonly patience: number
  readonly onEvent: OnEvent
  readonly places?: Places
  /** An application is at work in the database: backfills make room for it. */
  readonly isLive?: true
  /** What steps take away is kept. */
  readonly keep?: KeepWish
  /** Rows of a backfill's batch, whatever it takes; default: as many as go in a moment. */
  readonly batchRows?: number
}

export async function openSession(
  client: Client,
  watcher: Client,
  options: Pick<Session, 'patience' | 'onEvent' | 'places' | 'batchRows' | 'isLive'>,
): Promise<Session> {
  // Killed or asleep between two statements of a transaction, this process must not keep a lock for ever.
  await client.query(`SET idle_in_transaction_session_timeout = '60s'`)
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return { client, watcher, pid: rows[0]?.pid ?? 0, ...options }
}

/** The schedule of tries for a step with this lock_timeout. */
export function scheduleOf(lockTimeout: number, { patience }: Session): Attempt[] {
  return attempts(lockTimeout, patience, Math.random)
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
