import { installedVersions, type Server, shadowName, startServer } from '@expand-contract/postgres'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fewest, judgeStatements } from '../support/random/judge-random.ts'
import { OPENING, statement } from '../support/random/others.ts'

// RANDOM_SEED, RANDOM_RUNS, RANDOM_LENGTH (statements of a history) and RANDOM_POSTGRES are for long hunts; what they find becomes a statement in a file beside this one.
const seed = Number(process.env.RANDOM_SEED ?? 3)
const runs = Number(process.env.RANDOM_RUNS ?? 25)
const length = Number(process.env.RANDOM_LENGTH ?? 30)
const version = Number(process.env.RANDOM_POSTGRES ?? Math.max(...installedVersions()))

const picks = fc.array(fc.nat(9999), { minLength: 16, maxLength: 16 })
const history = fc.array(fc.tuple(statement, picks), { minLength: length, maxLength: length })

describe(`replay of random histories, judged by PostgreSQL ${version}`, () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer({ version })
  })
  afterAll(() => server?.stop())

  it(
    'has after each statement the schema that PostgreSQL has',
    async () => {
      const name = shadowName()
      await server.create(name)
      const client = await server.connect(name)
      const count = { statements: 0, accepted: 0 }
      const found: string[] = []
      try {
        for (const statements of fc.sample(history, { seed, numRuns: runs })) {
          const { accepted, difference } = await judgeStatements(client, version, [...OPENING, ...statements])
          count.statements += statements.length
          count.accepted += accepted - OPENING.length
          if (!difference) continue
          const { accepted: least, lines } = await fewest(client, version, difference)
          found.push([...least.map((sql) => `${sql};`), ...lines.map((line) => `  ${line}`)].join('\n'))
        }
      } finally {
        await client.end()
      }
      console.log(
        `random histories, seed ${seed}: ${runs} with ${count.statements} statements, ${count.accepted} of them taken by PostgreSQL ${version} and compared`,
      )
      expect(found.join('\n\n')).toBe('')
      expect(count.accepted).toBeGreaterThan(count.statements / 4)
    },
    // A hunt takes as long as it is told to.
    runs * 60_000,
  )
})
