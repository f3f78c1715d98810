import { replayHistory } from '@expand-contract/core'
import { type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CorpusHistory, corpusArchive, corpusSkipped, histories, unpackCorpus } from '../support/corpus.ts'
import { judgeHistory } from '../support/judge-history.ts'

if (!corpusArchive) console.warn('real histories are not replayed: ../shared/corpus is not here')

/**
 * Histories that between them hold what all do: partitions, policies, triggers, views, domains, DO blocks, several schemas; with the number of migrations that a
 * plain PostgreSQL runs. Known to differ: latitude (a function makes partitions whose names it computes), tambo (functions in a schema made under a condition).
 * `npm run judge -- all` judges every history on every version.
 */
const JUDGED: readonly (readonly [project: string, migrations: number])[] = [
  ['umami-software__umami', 19],
  ['hoppscotch__hoppscotch', 21],
  ['trigger.dev/internal-packages/run-ops-database', 3],
  ['trigger.dev/internal-packages/dashboard-agent-db', 6],
  ['ctrlplanedev__ctrlplane', 197],
  ['penxle__typie', 112],
  ['ding113__claude-code-hub', 119],
]

describe.skipIf(!corpusArchive)(`replay of real histories${corpusSkipped}`, () => {
  let all: CorpusHistory[] = []
  let remove = (): void => {}
  let server: Server
  beforeAll(async () => {
    const unpacked = unpackCorpus()
    remove = unpacked.remove
    all = await histories(unpacked.folder)
    server = await startServer()
  })
  afterAll(async () => {
    remove()
    await server?.stop()
  })

  it('never throws, and reads every file', () => {
    const count = { migrations: 0, statements: 0, tables: 0, incomplete: 0 }
    const unreadable: string[] = []
    for (const { name, history } of all) {
      const replayed = replayHistory(history.migrations)
      for (const { id, script, after } of replayed) {
        count.migrations++
        count.statements += script.statements.length
        if (!script.unreadable) continue
        unreadable.push(`${name.split('/')[1]} ${id} line ${script.unreadable.line}`)
        expect(after.incomplete.has('*'), `${name} ${id}`).toBe(true)
      }
      const last = replayed.at(-1)?.after
      count.tables += last?.tables.size ?? 0
      count.incomplete += last?.incomplete.size ?? 0
    }
    console.log(`replay of real histories: ${JSON.stringify({ ...count, unreadable })}`)
    expect(count.statements).toBeGreaterThan(20_000)
    expect(unreadable).toEqual([])
  })

  it.each(JUDGED)('has after each migration the schema that PostgreSQL has: %s', async (project, migrations) => {
    const found = all.filter((h) => h.name.includes(project))
    expect(found).toHaveLength(1)
    for (const { name, adapter, history } of found) {
      const { judged, complete, differences, tables, expressions } = await judgeHistory(server, adapter.id, history.migrations)
      console.log(`${name}: ${judged} migrations, ${complete} without anything incomplete, ${tables} tables, ${expressions} expressions`)
      expect(differences).toEqual([])
      expect(judged).toBe(migrations)
      expect(tables).toBeGreaterThan(0)
    }
  })
})
