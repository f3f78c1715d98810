import { type Plan, parseStatements, planMigration, stepFile, stepNotes, undoNotes, undoSteps, untag } from '@expand-contract/core'
import { diffSchemas, introspect, type Server, shadowName, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunScript } from '../../packages/prisma/test/support/connection.ts'
import { eachStatement, splitLikePrisma, wholeFile } from '../../packages/prisma/test/support/run-script.ts'
import { type Golden, goldenMigration, goldens } from '../support/golden.ts'

const plans = goldens().map((golden): [string, { readonly golden: Golden; readonly plan: Plan }] => [
  golden.name,
  { golden, plan: planMigration(goldenMigration(golden)) },
])

/** The files of a plan as they are emitted for Prisma. */
function files(plan: Plan): string[] {
  return plan.stages.flatMap(({ steps }) => steps.map((step) => stepFile(step, stepNotes(step, plan.id))))
}

function isControl(sql: string): boolean {
  return parseStatements(sql).some(({ stmt }) => untag(stmt)[0] === 'TransactionStmt')
}

// Up to 7.3 Prisma sends a file as one simple query, later statement by statement.
describe('each emitted file means the same in both ways of Prisma', () => {
  it.each(plans)('%s: one statement, or one transaction that the file itself opens and ends', (_, { plan }) => {
    const back = undoSteps(plan).map((step) => stepFile(step.step, undoNotes(step, plan.id)))
    for (const file of [...files(plan), ...back]) {
      const parts = splitLikePrisma(file)
      if (parts.length <= 1) continue
      expect(parts.map(isControl), file).toEqual(parts.map((_part, i) => i === 0 || i === parts.length - 1))
    }
  })
})

// Both ways on a database take a minute: JOURNEYS=all.
const isRun = process.env.JOURNEYS === 'all'
describe.runIf(isRun)(`and comes to the same end${isRun ? '' : ': SKIPPED, JOURNEYS=all runs it'}`, () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.stop())

  const end = async ({ golden, plan }: (typeof plans)[number][1], run: RunScript) => {
    const name = shadowName()
    await server.create(name)
    const client = await server.connect(name)
    try {
      await client.query(golden.before)
      for (const file of files(plan)) await run(client, file)
      return await introspect(client)
    } finally {
      await client.end()
      await server.drop(name)
    }
  }

  it.each(plans)('%s', async (_, one) => {
    if (one.golden.postgres > server.major) return
    expect(diffSchemas(await end(one, wholeFile), await end(one, eachStatement))).toEqual([])
  })
})
