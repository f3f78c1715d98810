import type { Client } from 'pg'
import type { Blocker } from './events.ts'

/** Characters of a query that are shown. */
const SHOWN = 100

/** Sessions that keep a backend waiting right now; the one that waits longest for its end comes first. */
export async function blockersOf(watcher: Client, pid: number): Promise<Blocker[]> {
  const { rows } = await watcher.query<Omit<Blocker, 'query'> & { query: string | null }>(
    `SELECT pid, application_name AS application, coalesce(usename::text, '') AS user, coalesce(state, backend_type) AS state,
       coalesce(extract(epoch FROM clock_timestamp() - coalesce(xact_start, backend_start)), 0)::float8 AS seconds, query
     FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1)) ORDER BY xact_start`,
    [pid],
  )
  return rows.map((row) => ({ ...row, query: oneLine(row.query ?? '') }))
}

/** `pid 4711 "psql" of ana, idle in transaction since 12 s: UPDATE …`: one line for each. */
export function blockersText(blockers: readonly Blocker[]): string {
  return blockers
    .map(({ pid, application, user, state, seconds, query }) => {
      const who = `pid ${pid}${application ? ` "${application}"` : ''}${user ? ` of ${user}` : ''}`
      return `  ${who}, ${state}, its transaction open for ${Math.round(seconds)} s: ${query || '(its query is not shown to this user)'}`
    })
    .join('\n')
}

function oneLine(query: string): string {
  const line = query.replaceAll(/\s+/g, ' ').trim()
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line
}
