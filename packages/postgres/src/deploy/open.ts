import { UserError } from '@expand-contract/core'
import type { Client, ClientConfig } from 'pg'
import { troubleOf } from '../backfill/trouble.ts'
import { connect, connectError, databaseOf, withDatabase } from '../connection.ts'

/**
 * Two connections to the database of a URL, or of what the driver is told, one to work and one to look on, for as long as `work` runs. Throws UserError, which never repeats the URL, where it can't
 * be reached.
 */
export async function withTwo<T>(at: string | ClientConfig, work: (client: Client, watcher: Client) => Promise<T>): Promise<T> {
  const target = typeof at === 'string' ? { connectionString: withDatabase(at, databaseOf(at)) } : at
  const open = (application_name: string): Promise<Client> =>
    connect({ ...target, connectionTimeoutMillis: 15_000, keepAlive: true, application_name }).catch((error) => {
      throw connectError(error)
    })
  const client = await open('expand-contract deploy')
  try {
    const watcher = await open('expand-contract watch')
    try {
      return await work(client, watcher)
    } catch (error) {
      throw isLost(error) ? lost(error) : error
    } finally {
      await watcher.end()
    }
  } finally {
    await client.end()
  }
}

function isLost(error: unknown): boolean {
  const { cause } = error as { cause?: unknown }
  return troubleOf(error) === 'connection' || (cause !== undefined && troubleOf(cause) === 'connection')
}

function lost(error: unknown): UserError {
  const [said] = (error instanceof Error ? error.message : String(error)).split('\n')
  return new UserError(
    `The connection to the database was lost (${said}). What was applied before is recorded; of what was under way nothing or all is there. Run the same command again: it looks, and goes on.`,
    { cause: error },
  )
}
