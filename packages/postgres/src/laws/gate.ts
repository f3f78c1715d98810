import type pg from 'pg'
import type { Clone } from '../shadow.ts'

/** How long a statement may take to reach the gate, in ms. */
const PATIENCE = 5_000
const POLL = 2

/**
 * Runs a statement while another session holds an open write on the tables, so that CONCURRENTLY stops where it waits for writers; calls `look` there, then
 * lets it pass. Returns what `look` found, undefined where the statement never waited. Throws the statement's own error.
 */
export async function runGated<T>(
  clone: Pick<Clone, 'connect'>,
  client: pg.Client,
  sql: string,
  tables: readonly string[],
  look: (observer: pg.Client, pid: number) => Promise<T>,
): Promise<T | undefined> {
  const gate = await clone.connect()
  const observer = await clone.connect()
  const pid = await backendPid(client)
  await gate.query('BEGIN')
  for (const table of tables) {
    const { rows } = await gate.query('SELECT to_regclass($1) IS NOT NULL AS there', [table])
    if (rows[0]?.there) await gate.query(`LOCK TABLE ${table} IN ROW EXCLUSIVE MODE`)
  }
  let isDone = false
  const running = client.query(sql).finally(() => {
    isDone = true
  })
  // The error is thrown below; here it must only not be unhandled while the gate is still closed.
  running.catch(() => undefined)
  let wasSeen = false
  const deadline = performance.now() + PATIENCE
  while (!isDone && !wasSeen && performance.now() < deadline) {
    wasSeen = await isWaiting(observer, pid)
    if (!wasSeen) await new Promise((resolve) => setTimeout(resolve, POLL))
  }
  const found = wasSeen ? await look(observer, pid) : undefined
  await gate.query('COMMIT')
  await running
  return found
}

/** The backend of a connection. */
export async function backendPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid
}

async function isWaiting(observer: pg.Client, pid: number): Promise<boolean> {
  const { rows } = await observer.query('SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted) AS waits', [pid])
  return rows[0]?.waits
}
