import { type Plan, planMigration } from '@expand-contract/core'
import { installedVersions, type LawVerdict, type Server, startServer, verifyCrowd } from '@expand-contract/postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { goldenMigration, goldens } from '../support/golden.ts'
import { inputOf } from '../support/laws.ts'

/** As many as two cores can keep busy and more than a lock queue hides. */
const WRITERS = 8

// Those that are proved at each run: some seconds each. `CROWD=all` takes every golden that fills rows.
const EACH_TIME = [
  'add-required-column/from-other-columns',
  'change-column-type/int-to-bigint',
  'change-column-type/prisma-key-bigserial',
  'change-data/counted-twice',
  'rename-column/json-has-no-equality',
  'rename-column/prisma-optional',
  'rename-column/prisma-required-unique',
  'set-not-null/with-fill',
]

const crowded = goldens()
  .filter(({ name }) => process.env.CROWD === 'all' || EACH_TIME.includes(name))
  .map((golden) => ({ golden, migration: goldenMigration(golden) }))
  .map(({ golden, migration }) => ({ golden, migration, plan: planMigration(migration) }))
  .filter(({ plan }) => plan.allowed === undefined && plan.stages[0].steps.some((s) => s.kind === 'backfill'))

let server: Server
beforeAll(async () => {
  server = await startServer({ version: Math.max(...installedVersions()) })
})
afterAll(async () => {
  await server.stop()
})

async function prove({ golden, migration }: (typeof crowded)[number], plan: Plan): Promise<LawVerdict> {
  return verifyCrowd(inputOf(golden, migration, plan, server), WRITERS)
}

it.each(crowded.map((c) => [c.golden.name, c] as const))('%s under eight writers', async (_, one) => {
  const law = await prove(one, one.plan)
  expect(law.findings).toEqual([])
  expect(law.exercised).toBeGreaterThan(WRITERS)
})

it('sees that nothing keeps two columns in step', async () => {
  const one = crowded.find((c) => c.golden.name === 'rename-column/prisma-optional')
  if (!one) throw new Error('the golden is gone')
  const [expand, contract] = one.plan.stages
  const loose = expand.steps
    .filter((step) => step.kind === 'ddl')
    .map((step) => ({ ...step, sql: step.sql.filter((sql) => /^ALTER TABLE .* ADD COLUMN/.test(sql)) }))
  const plan: Plan = {
    ...one.plan,
    stages: [
      { ...expand, steps: loose },
      { ...contract, steps: [] },
    ],
  }
  expect((await prove(one, plan)).findings).not.toEqual([])
})
