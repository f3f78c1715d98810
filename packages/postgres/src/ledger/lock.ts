import type { Client } from 'pg'

/** Who holds an advisory lock. */
export interface Holder {
  readonly pid: number
  readonly application: string
  readonly user: string
  /** When its connection was made. */
  readonly since: Date
}

/**
 * Takes a session's advisory lock, at once or not at all: one who waits inside a statement would hold a snapshot, for which the other's CREATE INDEX CONCURRENTLY
 * waits in turn. True where it is ours now. It goes with the connection, or by {@link releaseLock}.
 */
export async function tryLock(client: Client, id: number): Promise<boolean> {
  const { rows } = await client.query<{ ours: boolean }>('SELECT pg_try_advisory_lock($1) AS ours', [id])
  return rows[0]?.ours === true
}

export async function releaseLock(client: Client, id: number): Promise<void> {
  await client.query('SELECT pg_advisory_unlock($1)', [id])
}

/** The session that holds the lock in this database; undefined where nobody does any more. */
export async function holderOf(client: Client, id: number): Promise<Holder | undefined> {
  const { rows } = await client.query<Holder>(
    `SELECT a.pid, a.application_name AS application, coalesce(a.usename::text, '') AS user, a.backend_start AS since
     FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND (l.classid::bigint << 32) | l.objid::bigint = $1`,
    [id],
  )
  return rows[0]
}
