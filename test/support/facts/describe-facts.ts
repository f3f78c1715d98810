import { installedVersions, type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatedFacts } from './generated-facts.ts'
import { judgeNewColumns } from './new-columns.ts'
import { judgeNotNull } from './not-null.ts'
import { readServerFacts } from './server-facts.ts'
import { judgeTypeChanges } from './type-changes.ts'

/** What core holds for facts, against one real PostgreSQL. A version that this platform's packages don't carry is skipped, and its name says so. */
export function describeFacts(version: number): void {
  const here = installedVersions().includes(version)
  describe.skipIf(!here)(`facts on PostgreSQL ${version}${here ? '' : ': SKIPPED, its package is not installed'}`, () => {
    let server: Server
    beforeAll(async () => {
      server = await startServer({ version })
    })
    afterAll(async () => {
      await server.stop()
    })

    const inDatabase = async <T>(name: string, work: (client: Awaited<ReturnType<Server['connect']>>) => Promise<T>): Promise<T> => {
      await server.create(name)
      const client = await server.connect(name)
      try {
        return await work(client)
      } finally {
        await client.end()
        await server.drop(name)
      }
    }

    it('lists functions, casts and operator classes as the server does', async () => {
      expect(generatedFacts(version)).toEqual(await inDatabase('facts', readServerFacts))
    })

    it('tells which new columns rewrite the table', async () => {
      const { wrong, rewritten, kept } = await inDatabase('new_columns', (client) => judgeNewColumns(client, version))
      expect(wrong).toEqual([])
      expect(rewritten).toBeGreaterThan(20)
      expect(kept).toBeGreaterThan(30)
    })

    it('tells what a change of type does', async () => {
      const { wrong, cases, seen } = await inDatabase('type_changes', (client) => judgeTypeChanges(client, version))
      expect(wrong.join('\n')).toBe('')
      expect(cases).toBeGreaterThan(1800)
      for (const effect of ['catalog', 'scan', 'index rebuilt', 'rewrite', 'refused'] as const)
        expect(seen(effect), effect).toBeGreaterThan(15)
    })

    it('tells what SET NOT NULL and ADD PRIMARY KEY read', async () => {
      const { wrong, read, free } = await inDatabase('not_null', (client) => judgeNotNull(client, version))
      expect(wrong.join('\n')).toBe('')
      expect(read).toBeGreaterThan(20)
      expect(free).toBeGreaterThan(20)
    })
  })
}
