import { type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { eachStatement, wholeFile } from '../../packages/prisma/test/support/run-script.ts'
import { drizzleProject } from '../support/journeys/drizzle.ts'
import { journey } from '../support/journeys/journey.ts'
import { KINDS } from '../support/journeys/kinds.ts'
import { prismaProject } from '../support/journeys/prisma.ts'
import { TOGETHER } from '../support/journeys/together.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

// Each kind by itself takes minutes: JOURNEYS=all.
describe.each(process.env.JOURNEYS === 'all' ? [TOGETHER, ...KINDS] : [TOGETHER])('$name', { timeout: 600_000 }, (kind) => {
  it('with Prisma 7', async () => journey(await prismaProject(server, kind, 7, eachStatement), kind))
  it('with Prisma 6', async () => journey(await prismaProject(server, kind, 6, wholeFile), kind))
  it('with Drizzle 0.3x', async () => journey(await drizzleProject(server, kind, 0), kind))
  it('with Drizzle v1', async () => journey(await drizzleProject(server, kind, 1), kind))
})
