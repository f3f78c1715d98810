import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installedVersions } from '../../src/index.ts'
import { type Server, startServer } from '../../src/server.ts'
import { type Verdict, verifyPlan } from '../../src/verify.ts'
import { CREATE_INDEX, DROP_COLUMN, HISTORY, RENAME, UNIQUE_INDEX } from './plans.ts'

const newest = Math.max(...installedVersions())

/** One line for each law, findings below it. */
function lines({ laws }: Verdict): string[] {
  return laws.flatMap((l) => [`${l.law} ${l.status}`, ...l.findings])
}

describe(`right plans on PostgreSQL ${newest}`, () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer({ version: newest })
  })
  afterAll(() => server.stop())
  const verify = (plan: typeof RENAME) => verifyPlan({ plan, history: HISTORY, server, replan: () => [] })

  test('a rename holds every law, and each law exercised something', async () => {
    const verdict = await verify(RENAME)
    expect(lines(verdict)).toEqual(['1 held', '2 held', '3 held', '4 held', '5 held', '6 held', '7 not exercised'])
  })

  test('an index', async () => {
    const verdict = await verify(CREATE_INDEX)
    expect(lines(verdict)).toEqual(['1 held', '2 held', '3 held', '4 held', '5 held', '6 held', '7 not exercised'])
  })

  test('a column that only the contract drops', async () => {
    const verdict = await verify(DROP_COLUMN)
    expect(lines(verdict)).toEqual(['1 held', '2 held', '3 held', '4 held', '5 held', '6 not exercised', '7 not exercised'])
  })

  test('a unique index that today would refuse', async () => {
    const verdict = await verify(UNIQUE_INDEX)
    expect(lines(verdict)).toEqual(['1 held', '2 held', '3 held', '4 held', '5 held', '6 held', '7 not exercised'])
    expect(verdict.warnings.join()).toContain('Some ages repeat.')
  })
})
