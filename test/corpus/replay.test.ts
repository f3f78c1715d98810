import { readScript, replayHistory } from '@expand-contract/core'
import { type Server, shadowName, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CorpusHistory, corpusArchive, corpusSkipped, histories, unpackCorpus } from '../support/corpus.ts'
import { judge } from '../support/replay-judge.ts'

if (!corpusArchive) console.warn('real histories are not replayed: ../shared/corpus is not here')

/** Histories that a plain PostgreSQL runs to their end: no extension that must be installed, no schema of a hoster. */
const JUDGED = ['triggerdotdev__trigger.dev', 'langfuse__langfuse', 'Dokploy__dokploy', 'umami-software__umami']

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

  it('never throws, and names every file that it could not read', () => {
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
    expect(unreadable).toEqual([
      'latitude-dev__latitude-llm__v1 0087_legacy_evaluations_part_2 line 11',
      'wundergraph__cosmo 0125_acoustic_jackpot line 14',
    ])
  })

  it.each(JUDGED)('ends with the schema that PostgreSQL ends with: %s', async (project) => {
    const found = all.filter((h) => h.name.includes(project))
    expect(found.length).toBeGreaterThan(0)
    for (const { name, history } of found) {
      const database = shadowName()
      await server.create(database)
      const client = await server.connect(database)
      try {
        for (const { id, text } of history.migrations) {
          // Sent one by one, as CREATE INDEX CONCURRENTLY and new enum values need; a command that was split goes out whole, once.
          const bytes = Buffer.from(text)
          for (const { span, split, line } of readScript(text).statements) {
            if (split.part > 0) continue
            const sql = bytes.subarray(span.start, span.end).toString()
            await client.query(sql).catch((error) => expect.fail(`${name} ${id} line ${line}: ${error}`))
          }
        }
        const after = replayHistory(history.migrations).at(-1)?.after
        const verdict = after && (await judge(client, after))
        console.log(`${name}: ${verdict?.tables} tables and ${verdict?.expressions} expressions as PostgreSQL has them`)
        expect(verdict?.differences, name).toEqual([])
        expect(verdict?.tables, name).toBeGreaterThan(0)
      } finally {
        await client.end()
        await server.drop(database)
      }
    }
  })
})
