import type { Client } from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { installedVersions, type Server, shadowName, startServer } from '../src/index.ts'
import { RICH_SCHEMA } from './rich-schema.ts'

/** Every PostgreSQL that is installed here. */
export const VERSIONS: number[] = [...installedVersions()]

/** A database with the rich schema on a server of its own, for the tests of the surrounding `describe`. */
export function richDatabase(version: number) {
  let server: Server | undefined
  let client: Client | undefined

  beforeAll(async () => {
    server = await startServer({ version })
    const database = shadowName()
    await server.create(database)
    client = await server.connect(database)
    await client.query(RICH_SCHEMA)
  })
  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  const db = {
    get client(): Client {
      if (!client) throw new Error('the database is there only while a test runs')
      return client
    },
    /** Runs `work` in a transaction that is rolled back. */
    async rolledBack(work: () => Promise<void>): Promise<void> {
      await db.client.query('BEGIN')
      try {
        await work()
      } finally {
        await db.client.query('ROLLBACK')
      }
    },
  }
  return db
}
