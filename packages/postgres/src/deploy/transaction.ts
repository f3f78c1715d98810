import type { Client } from 'pg'

/** Runs `work` in a transaction. Its error is thrown after ROLLBACK; a connection that is gone needs none. */
export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  let result: T
  try {
    result = await work()
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
  return result
}
