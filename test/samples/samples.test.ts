import {
  buildMigration,
  hazardsOfOutput,
  type Intent,
  isUntouched,
  type Migration,
  type Plan,
  planMigration,
  replayHistory,
} from '@expand-contract/core'
import { type Server, startServer, verifyPlan } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSamples, type Sample, samplesSkipped } from '../support/samples.ts'
import { answersTo } from './answers.ts'

/** Proved each time; all of them with `SAMPLES=all`, ten minutes, on `SAMPLES_POSTGRES` (18). */
const FEW = ['prisma/21-enum-renamed', '0.31/pk_type_int_to_uuid', 'v1/rename_column']

/** What can't be proved on a server as it comes from npm, and why. */
const UNPROVABLE: Readonly<Record<string, string>> = {
  '0.31/add_gin_hnsw_index': 'extension vector',
  'v1/add_gin_hnsw_index': 'extension vector',
}

describe.skipIf(samplesSkipped)(`changes as Prisma and Drizzle print them${samplesSkipped}`, () => {
  let samples: Sample[] = []
  let server: Server
  beforeAll(async () => {
    samples = await readSamples()
    server = await startServer({ version: Number(process.env.SAMPLES_POSTGRES ?? 18) })
  })
  afterAll(() => server.stop())

  it('come out as the table says', async () => {
    const lines = samples.map((sample) => {
      const [bare, answered] = [plan(sample, []), plan(sample, answersTo(sample.name))]
      const told = answersTo(sample.name).length > 0 ? outcome(answered.plan) : ''
      return `| ${sample.name} | ${outcome(bare.plan)} | ${told} | ${[...new Set(answered.plan.hazards.map((h) => h.code))].join(', ')} |`
    })
    const table = ['| sample | without a word | with answers | hazards |', '| --- | --- | --- | --- |', ...lines, ''].join('\n')
    await expect(table).toMatchFileSnapshot('outcomes.md')
  })

  it('hold what a plan promises, where they are rewritten', async () => {
    const chosen = samples.filter((s) => (process.env.SAMPLES === 'all' ? !(s.name in UNPROVABLE) : FEW.includes(s.name)))
    const broken: string[] = []
    let proved = 0
    for (const sample of chosen) {
      const { migration, plan: made } = plan(sample, answersTo(sample.name))
      if (isUntouched(made) || made.refusals.length > 0) continue
      broken.push(...(await findings(sample, migration, made, server)))
      proved++
    }
    expect(broken).toEqual([])
    expect(proved).toBeGreaterThanOrEqual(FEW.length)
  })
})

function plan(sample: Sample, answers: readonly Intent[]): { migration: Migration; plan: Plan } {
  const last = replayHistory(sample.migrations).at(-1)
  if (!last) throw new Error(`no migration in ${sample.name}`)
  const migration = buildMigration(last, [...answers, ...sample.intents], 14)
  return { migration, plan: planMigration(migration) }
}

function outcome(made: Plan): string {
  if (isUntouched(made)) return 'untouched'
  if (made.refusals.some((r) => !r.question)) return 'refused'
  if (made.refusals.length === 0) return 'rewritten'
  return `asks: ${[...new Set(made.refusals.map((r) => r.question?.kind))].join(', ')}`
}

async function findings(sample: Sample, migration: Migration, made: Plan, server: Server): Promise<string[]> {
  const { before, after } = migration
  const replan = () => hazardsOfOutput(made, before)
  const verdict = await verifyPlan({
    plan: made,
    history: sample.migrations.slice(0, -1),
    server,
    before,
    after,
    replan,
    without: process.env.SAMPLES === 'all' ? [] : [3],
  })
  return verdict.laws.flatMap((law) => (law.status === 'broken' ? law.findings.map((f) => `${sample.name}, law ${law.law}: ${f}`) : []))
}
