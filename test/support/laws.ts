import { hazardsOfOutput, type Migration, type Plan, planMigration, type Step } from '@expand-contract/core'
import { installedVersions, type Server, startServer, type VerifyInput, verifyPlan } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Golden, goldenMigration, goldens } from './golden.ts'

/** The version on which every golden is proved each time. */
const NEWEST = 18
/** Every second one is proved on one more, half of the time on the oldest, for it lacks the most. */
const SECOND = [14, 15, 14, 16, 14, 17]

/** True where every golden is to meet every law on every version: `LAWS=all`, half an hour on two cores. */
const all = process.env.LAWS === 'all'

/**
 * The laws on one PostgreSQL. Each golden meets them on the newest version, and every second one on one other, there law 3 too, which takes as long as most of the
 * others together. A version that this platform's packages don't carry is skipped, and its name says so.
 */
export function describeLaws(version: number): void {
  const here = installedVersions().includes(version)
  describe.skipIf(!here)(`laws on PostgreSQL ${version}${here ? '' : ': SKIPPED, its package is not installed'}`, () => {
    let server: Server
    beforeAll(async () => {
      server = await startServer({ version })
    })
    afterAll(async () => {
      await server.stop()
    })

    const mine = [...goldens().entries()].filter(([i]) => all || version === NEWEST || SECOND[(i / 2) % SECOND.length] === version)
    it.each(mine.map(([, g]) => [g.name, g] as const))('%s', async (_, golden) => {
      const findings = await broken(golden, server)
      expect(findings).toEqual([])
    })
  })
}

/** What is proved of a golden: its plan, or one that was made worse. */
export function inputOf(golden: Golden, migration: Migration, plan: Plan, server: Server): VerifyInput {
  const { old, new: next } = golden.code
  return {
    plan,
    history: [{ id: '0001_before', text: golden.before }],
    server,
    before: migration.before,
    after: migration.after,
    rows: golden.rows,
    ...(old.length > 0 && { code: { old, new: next } }),
  }
}

async function broken(golden: Golden, server: Server): Promise<string[]> {
  const migration = goldenMigration(golden)
  const plan = planMigration(migration)
  const verdict = await verifyPlan({
    ...inputOf(golden, migration, plan, server),
    without: all || server.major !== NEWEST ? [] : [3],
    replan: () => hazardsOfOutput(plan, migration.before),
  })
  const steps = plan.stages.flatMap((s) => s.steps)
  const idle = verdict.laws.filter(
    (law) => law.status === 'not exercised' && mustRun(law.law, plan.refusals.length > 0, steps.length, plan.stages[0].steps),
  )
  return [
    ...verdict.laws.filter((law) => law.status === 'broken').flatMap((law) => law.findings.map((f) => `law ${law.law}: ${f}`)),
    ...idle.map((law) => `law ${law.law} exercised nothing`),
  ]
}

/** Which laws a plan can exercise: one that could and did not has failed. */
function mustRun(law: number, refused: boolean, steps: number, expand: readonly Step[]): boolean {
  if (law === 7) return refused
  if (law === 6) return expand.some((step) => 'sql' in step.undo)
  return steps > 0
}
