import { type Backfill, UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import { codeOf } from '../connection.ts'
import { describe } from '../run-steps.ts'
import type { Signals } from './throttle.ts'

/** Name of our workers' sessions. */
export const APPLICATION = 'expand-contract backfill'

/**
 * Measures what {@link Signals} hold. Views that the user may not read give nothing: the size of the archive's backlog takes pg_monitor. Throws {@link UserError} where
 * `probe`, a query of the user, fails or returns no number.
 */
export async function readSignals(client: Client, step: Backfill, oids: readonly number[], probe?: string): Promise<Signals> {
  const { rows } = await client.query<Signals & { archiving: boolean }>(
    `SELECT
       (SELECT max(extract(epoch FROM replay_lag))::float8 FROM pg_stat_replication) AS "lagSeconds",
       CASE WHEN NOT pg_is_in_recovery() THEN
         (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(replay_lsn, sent_lsn)))::float8 FROM pg_stat_replication) END AS "lagBytes",
       EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE relid = ANY ($1::oid[])) AS autovacuum,
       (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 FROM pg_stat_activity
        WHERE datname = current_database() AND application_name <> $2 AND backend_type = 'client backend' AND pid <> pg_backend_pid()
          AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)) AS "oldestTransaction",
       (SELECT count(*)::int FROM pg_stat_activity w WHERE w.wait_event_type = 'Lock' AND w.datname = current_database() AND w.application_name <> $2
          AND EXISTS (SELECT FROM pg_stat_activity o WHERE o.pid = ANY (pg_blocking_pids(w.pid)) AND o.application_name = $2)) AS waiters,
       current_setting('archive_mode') <> 'off' AS archiving`,
    [oids, APPLICATION],
  )
  const found = rows[0]
  if (!found) throw new Error(`nothing was measured for ${step.table}`)
  const { archiving, lagSeconds, lagBytes, ...rest } = found
  const archiveBacklog = archiving ? await backlog(client) : undefined
  return {
    ...rest,
    ...(lagSeconds !== null && { lagSeconds }),
    ...(lagBytes !== null && { lagBytes }),
    ...(archiveBacklog !== undefined && { archiveBacklog }),
    ...(probe !== undefined && { probe: await ask(client, probe) }),
  } as Signals
}

async function backlog(client: Client): Promise<number | undefined> {
  try {
    const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`)
    return rows[0]?.n
  } catch (error) {
    if (codeOf(error) === '42501') return undefined
    throw error
  }
}

/** True counts as 1, false and NULL as 0. */
async function ask(client: Client, probe: string): Promise<number> {
  const again =
    'Correct the query given by --probe: it must return one number or boolean, and the backfill waits while that is 1 or more, or true.'
  let value: unknown
  try {
    const { rows } = await client.query<unknown[]>({ text: probe, rowMode: 'array' })
    value = rows[0]?.[0]
  } catch (error) {
    throw new UserError(`The probe failed, so nobody would know when to wait: ${describe(error)}. ${again}`)
  }
  const number = value === null || value === undefined ? 0 : Number(value)
  if (Number.isNaN(number)) throw new UserError(`The probe returned ${JSON.stringify(value)}. ${again}`)
  return number
}
