import { type Server, shadowName, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { prisma } from '../src/index.ts'
import { startEngine } from './support/engine.ts'
import { wholeFile } from './support/run-script.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

const SCHEMA = 'datasource db {\n  provider = "postgresql"\n}\n'
const A = { id: '20260101000000_a', sql: 'CREATE TABLE a (id int);' }
const B = { id: '20260102000000_b', sql: 'CREATE TABLE b (id int);' }
const BROKEN = { id: '20260103000000_c', sql: 'CREATE TABLE a (id int);' }

it('reads what Prisma itself has recorded: applied, failed, and gone from the folder', async () => {
  const name = shadowName()
  await server.create(name)
  const engine = await startEngine(server, name, SCHEMA, wholeFile)
  const client = await server.connect(name)
  onTestFinished(async () => {
    await client.end()
    await engine.close()
    await server.drop(name)
  })
  const layout = { adapter: 'prisma', root: '/', migrations: '/m', plans: '/p', schema: [], format: 'prisma' }
  const told = async (...migrations: readonly { id: string; sql: string }[]) => {
    const { rows } = await client.query(`SELECT * FROM ${prisma.appliedTable}`)
    const history = {
      layout,
      migrations: migrations.map(({ id, sql }) => ({ id, path: `/m/${id}/migration.sql`, text: sql, intents: [] })),
    }
    return prisma.applied(history, rows)
  }
  await engine.deploy([A, B])
  expect(await told(A, B, BROKEN)).toEqual({ applied: [A.id, B.id], ahead: [], failed: [] })
  expect(await told(A)).toEqual({ applied: [A.id], ahead: [B.id], failed: [] })
  // A squashed history leaves the names of what it replaced behind.
  expect(await told(B)).toEqual({ applied: [B.id], ahead: [], failed: [] })

  await expect(engine.deploy([A, B, BROKEN])).rejects.toThrow()
  expect(await told(A, B, BROKEN)).toEqual({ applied: [A.id, B.id], ahead: [], failed: [BROKEN.id] })
  await client.query(`UPDATE ${prisma.appliedTable} SET rolled_back_at = now() WHERE migration_name = $1`, [BROKEN.id])
  expect(await told(A, B, BROKEN)).toMatchObject({ applied: [A.id, B.id], failed: [] })
})
