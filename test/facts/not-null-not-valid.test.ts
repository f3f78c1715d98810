import { buildMigration, hazardsOfOutput, planMigration, replayHistory } from '@expand-contract/core'
import { installedVersions, startServer, verifyPlan } from '@expand-contract/postgres'
import { describe, expect, it } from 'vitest'

const BEFORE = `CREATE TABLE "User" ("id" integer PRIMARY KEY, "name" text);
ALTER TABLE "User" ADD CONSTRAINT "name_there" NOT NULL "name" NOT VALID;`

const here = installedVersions().includes(18)

describe.skipIf(!here)(`NOT NULL NOT VALID${here ? '' : ': SKIPPED, PostgreSQL 18 is not installed'}`, () => {
  it('is validated instead of SET NOT NULL, which would read the table under its lock', async () => {
    const [, last] = replayHistory([
      { id: '0001_before', text: BEFORE },
      { id: '0002_required', text: 'ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL;' },
    ])
    if (!last) throw new Error('not replayed')
    const migration = buildMigration(last, [], 18)
    const plan = planMigration(migration)
    const steps = plan.stages.flatMap((stage) => stage.steps)
    expect(plan.hazards.map((h) => h.code)).toEqual(['set-not-null-scans-table'])
    expect(steps.flatMap((step) => (step.kind === 'ddl' ? step.sql : []))).toContain('ALTER TABLE "User" VALIDATE CONSTRAINT "name_there"')

    const server = await startServer({ version: 18 })
    try {
      const { before, after } = migration
      const history = [{ id: '0001_before', text: BEFORE }]
      const verdict = await verifyPlan({ plan, history, server, before, after, rows: [], replan: () => hazardsOfOutput(plan, before) })
      expect(verdict.laws.filter((law) => law.status === 'broken')).toEqual([])
    } finally {
      await server.stop()
    }
  })
})
