import { buildMigration, isUntouched, planMigration, replayHistory } from '@expand-contract/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CorpusHistory, corpusArchive, corpusSkipped, histories, unpackCorpus } from '../support/corpus.ts'

describe.skipIf(!corpusArchive)(`real histories${corpusSkipped}`, () => {
  let all: CorpusHistory[] = []
  let remove = (): void => {}
  beforeAll(async () => {
    const unpacked = unpackCorpus()
    remove = unpacked.remove
    all = await histories(unpacked.folder)
  })
  afterAll(() => remove())

  it('are planned without a crash; what has no hazard comes out byte for byte the same; what can’t be read is named', async () => {
    const count = { histories: 0, migrations: 0, statements: 0, untouched: 0, rewritten: 0, refused: 0, asked: 0, unreadable: 0 }
    for (const { name, adapter, history } of all) {
      count.histories++
      for (const entry of replayHistory(history.migrations)) {
        const source = history.migrations.find((m) => m.id === entry.id)
        const plan = planMigration(buildMigration(entry, source?.intents ?? [], 14))
        count.migrations++
        count.statements += entry.script.statements.length
        if (entry.script.unreadable) {
          count.unreadable++
          expect(plan.refusals.map((r) => r.reason).join(), `${name} ${entry.id}`).toContain(entry.script.unreadable.message)
        }
        if (isUntouched(plan)) {
          count.untouched++
          expect(plan.source.sql, `${name} ${entry.id}`).toBe(source?.text)
          expect(plan.stages.flatMap((s) => s.steps)).toEqual([])
          expect(await adapter.emit(plan, history), `${name} ${entry.id}`).toEqual([])
        } else if (plan.refusals.some((r) => !r.question)) count.refused++
        else if (plan.refusals.length > 0) count.asked++
        else count.rewritten++
      }
    }
    console.log(`real histories: ${JSON.stringify(count)}`)
    expect(count.histories).toBeGreaterThanOrEqual(40)
    expect(count.migrations).toBeGreaterThan(5_500)
    expect(count.untouched).toBeGreaterThan(1_000)
  })
})
