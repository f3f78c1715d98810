import { UserError } from '@expand-contract/core'
import type { Client } from 'pg'

/**
 * Throws {@link UserError} where a pooler hands out another server session for each transaction: locks and settings of a session would then be anybody's. Two
 * clients that are connected at once have two sessions; where they meet the same one, or one meets two, something stands between.
 */
export async function refusePooler(client: Client, other: Client): Promise<void> {
  const first = await backendOf(client)
  await other.query('BEGIN')
  // Only where they differ may the first client ask once more: of a pool of one the other holds all now.
  const isOwn = (await backendOf(other)) !== first && (await backendOf(client)) === first
  await other.query('COMMIT')
  if (isOwn) return
  throw new UserError(
    'Between here and the database stands a pooler that shares server sessions between its clients, one transaction at a time (PgBouncer in transaction mode, and the like). Locks that keep two deploys apart, timeouts, and CREATE INDEX CONCURRENTLY need a session of their own. Give the direct URL of the server (often port 5432 instead of 6543, and DIRECT_URL in the environment), or the pooler in session mode: --database <url>',
  )
}

async function backendOf(client: Client): Promise<number | undefined> {
  return (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid
}
