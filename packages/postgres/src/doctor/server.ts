import type { Client } from 'pg'
import type { Found } from './line.ts'

/** Seconds from which on a transaction is in the way: DDL waits for it, and all others behind the DDL. */
const LONG = 60
/** Seconds that a replica may be behind. */
const LAG = 10

/** The server and who else is at work on it. */
export async function serverLines(client: Client): Promise<Found[]> {
  const one = async <T>(sql: string): Promise<T> => (await client.query(sql)).rows[0] as T
  const { version } = await one<{ version: string }>(`SELECT current_setting('server_version') AS version`)
  return [
    { about: 'version', says: `PostgreSQL ${version}` },
    transactions((await client.query(TRANSACTIONS)).rows),
    prepared(
      (
        await client.query(
          'SELECT gid, extract(epoch FROM now() - prepared)::int AS seconds FROM pg_prepared_xacts WHERE database = current_database()',
        )
      ).rows,
    ),
    replicas(await one(REPLICAS)),
    slots((await client.query(SLOTS)).rows),
    archive(await one(ARCHIVE)),
  ]
}

const TRANSACTIONS = `
  SELECT pid, application_name AS application, state, extract(epoch FROM clock_timestamp() - xact_start)::int AS seconds
  FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
  ORDER BY xact_start`

function transactions(rows: readonly { pid: number; application: string; state: string; seconds: number }[]): Found {
  const [oldest] = rows
  const about = 'long transactions'
  if (!oldest) return { about, says: 'no other transaction is open' }
  const says = `the oldest of ${rows.length} is open for ${oldest.seconds} s: pid ${oldest.pid} "${oldest.application}", ${oldest.state}`
  if (oldest.seconds < LONG) return { about, says }
  return {
    about,
    says,
    finding: `What it has touched it holds until it ends: DDL on it gets no lock, CREATE INDEX CONCURRENTLY waits for it, and a backfill bloats its table. Wait for its end, or SELECT pg_terminate_backend(${oldest.pid}).`,
  }
}

function prepared(rows: readonly { gid: string; seconds: number }[]): Found {
  const about = 'prepared transactions'
  const [first] = rows
  if (!first) return { about, says: 'none' }
  const finding = `They hold their locks until somebody decides, over restarts too: COMMIT PREPARED or ROLLBACK PREPARED '${first.gid.replaceAll("'", "''")}'.`
  return { about, says: `${rows.length}, the first ${first.gid}, for ${first.seconds} s`, finding }
}

const REPLICAS = `SELECT count(*)::int AS n, coalesce(max(extract(epoch FROM replay_lag)), 0)::int AS lag FROM pg_stat_replication`

function replicas({ n, lag }: { n: number; lag: number }): Found {
  const about = 'replicas'
  if (n === 0) return { about, says: 'none is connected' }
  const says = `${n}, at most ${lag} s behind`
  return lag <= LAG
    ? { about, says }
    : { about, says, finding: 'A backfill writes more WAL and would put them further behind. Find out what holds them up first.' }
}

const SLOTS = `SELECT slot_name::text AS name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 AS bytes FROM pg_replication_slots WHERE NOT active AND NOT pg_is_in_recovery()`

function slots(rows: readonly { name: string; bytes: number | null }[]): Found {
  const about = 'replication slots'
  const [first] = rows
  if (!first) return { about, says: 'none is left unused' }
  const says = `${rows.length} unused, ${first.name} keeps ${Math.round((first.bytes ?? 0) / 1e6)} MB of WAL`
  return {
    about,
    says,
    finding: `Nobody reads it, and the disk fills with all that a backfill writes. Connect its reader, or SELECT pg_drop_replication_slot('${first.name}').`,
  }
}

const ARCHIVE = `SELECT current_setting('archive_mode') AS mode, coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AS fails, coalesce(last_failed_wal, '') AS file FROM pg_stat_archiver`

function archive({ mode, fails, file }: { mode: string; fails: boolean; file: string }): Found {
  const about = 'WAL archive'
  if (mode === 'off')
    return { about, says: 'archive_mode is off: a restore leads to the last base backup or dump, not to the minute before a deploy' }
  if (!fails) return { about, says: 'archiving works' }
  return {
    about,
    says: `the last try failed (${file})`,
    finding:
      'Until it works the disk fills with WAL, and no restore leads to a moment before this deploy. See the log of the server for archive_command.',
  }
}
