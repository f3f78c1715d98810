import { installedVersions, type Server, startServer } from '@expand-contract/postgres'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changes } from '../support/random-change/changes.ts'
import { type Proved, prove } from '../support/random-change/prove.ts'

// RANDOM_RUNS proves that many, law 3 included and with a larger crowd; RANDOM_SEED begins elsewhere, RANDOM_POSTGRES is a major version. What is found becomes a golden.
const wanted = Number(process.env.RANDOM_RUNS ?? 0)
const seed = Number(process.env.RANDOM_SEED ?? 1)
const version = Number(process.env.RANDOM_POSTGRES ?? Math.max(...installedVersions()))
/** Two applications at once are enough to interleave at random; each time with few changes, for each takes about a second. */
const [RUNS, WRITERS, WITHOUT] = wanted > 0 ? [wanted, 4, []] : [2, 2, [3]]

let server: Server
beforeAll(async () => {
  server = await startServer({ version })
})
afterAll(async () => {
  await server.stop()
})

it(`random changes hold every law (${RUNS} from seed ${seed})`, { timeout: 60_000 + RUNS * 60_000 }, async () => {
  const seen: Record<Proved['as'], number> = { rewritten: 0, refused: 0, untouched: 0, impossible: 0 }
  const property = fc.asyncProperty(changes, async (change) => {
    const { as, why, findings } = await prove(change, server, WITHOUT, WRITERS)
    seen[as]++
    // A change that PostgreSQL does not take proves nothing: then the generator is wrong.
    expect([...findings, ...(as === 'impossible' ? [why] : [])]).toEqual([])
  })
  await fc.assert(property, { numRuns: RUNS, seed, endOnFailure: true })
  expect(seen.rewritten).toBeGreaterThan(0)
})
