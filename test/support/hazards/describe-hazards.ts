import { installedVersions, type Server, startServer } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { covers, hazardCases, linesFor } from './case.ts'
import { checkCase, disagreements, printCheck } from './judge-case.ts'
import { observeCase, observeInstead, type Sessions } from './observe-case.ts'
import { printObserved } from './observed.ts'

const DATABASE = 'hazards'

/** Every case on one PostgreSQL: what it does, what `check` says, and that the two agree. A version whose package is not installed is skipped, and its name says so. */
export function describeHazards(version: number): void {
  const here = installedVersions().includes(version)
  describe.skipIf(!here)(`hazards on PostgreSQL ${version}${here ? '' : ': SKIPPED, its package is not installed'}`, () => {
    let server: Server
    let sessions: Sessions
    let opened: Client[]
    beforeAll(async () => {
      server = await startServer({ version })
      await server.create(DATABASE)
      const connect = (): Promise<Client> => server.connect(DATABASE)
      opened = [await connect(), await connect()]
      const [client, other] = opened
      if (client && other) sessions = { client, other, connect }
    })
    afterAll(async () => {
      for (const client of opened) await client.end()
      await server.stop()
    })

    const cases = hazardCases().filter((c) => covers(c.versions, version))
    it.each(cases.map((c) => [c.name, c] as const))('%s', async (_, one) => {
      const observed = await observeCase(sessions, one)
      const plan = checkCase(one, version)
      const expected = linesFor(one.check, version)
      const advice = plan.hazards.filter((h) => expected.includes(`${h.line}:${h.column} ${h.code} (advice)`))
      const instead = one.instead.length > 0 ? await observeInstead(sessions, one) : []
      expect({ truth: printObserved(observed), check: printCheck(plan, advice) }).toEqual({
        truth: linesFor(one.truth, version),
        check: expected,
      })
      expect(disagreements(one, plan, observed, advice, instead)).toEqual([])
    })
  })
}
