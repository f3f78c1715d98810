import { readFileSync } from 'node:fs'
import { replayHistory } from '@expand-contract/core'
import { installedVersions, type Server, shadowName, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judge } from '../support/replay-judge.ts'

const text = readFileSync(new URL('schema.sql', import.meta.url), 'utf8')

describe('replay, judged by PostgreSQL', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer({ version: Math.max(...installedVersions()) })
  })
  afterAll(() => server?.stop())

  it('ends with the schema that the statements make', async () => {
    const [replayed] = replayHistory([{ id: 'schema', text }])
    expect(replayed?.script.unreadable).toBeUndefined()
    const name = shadowName()
    await server.create(name)
    const client = await server.connect(name)
    try {
      for (const { sql } of replayed?.script.statements ?? []) await client.query(sql)
      expect(replayed && [...replayed.after.incomplete]).toEqual([])
      const verdict = replayed && (await judge(client, replayed.after))
      expect(verdict?.differences).toEqual([])
      expect(verdict).toMatchObject({ tables: 11 })
      expect(verdict?.expressions).toBeGreaterThanOrEqual(34)
    } finally {
      await client.end()
      await server.drop(name)
    }
  })
})
