import type { Ddl } from '@expand-contract/core'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { introspect, type Server, startServer } from '../src/index.ts'
import {
  holderOf,
  openLedger,
  readSteps,
  recordFinished,
  recordStarted,
  recordUndone,
  releaseLock,
  tryLock,
  versionOf,
} from '../src/ledger/index.ts'
import { VERSIONS } from '../src/ledger/versions.ts'

const step: Ddl = {
  kind: 'ddl',
  id: '01-add-name',
  title: 'Add name',
  why: 'Nobody reads it yet.',
  transaction: 'atomic',
  sql: ['ALTER TABLE t ADD COLUMN name text'],
  locks: [],
  lockTimeout: 2000,
  statementTimeout: 10_000,
  undo: { sql: ['ALTER TABLE t DROP COLUMN name'] },
}
const run = { plan: '0007_name', stage: 'expand', step, by: 'ana@laptop' } as const

let server: Server
let count = 0
const open: Client[] = []

beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  for (const client of open) await client.end()
  await server.stop()
})

async function clients(n: number): Promise<Client[]> {
  const name = `ledger_${count++}`
  await server.create(name)
  const made = await Promise.all(Array.from({ length: n }, () => server.connect(name)))
  open.push(...made)
  return made
}

it('is made once by several at once, and opening it again changes nothing', async () => {
  const all = await clients(5)
  const [first] = all as [Client]
  expect(await versionOf(first)).toBe(0)
  await Promise.all(all.map(openLedger))
  const made = await first.query('SELECT * FROM expand_contract.version')
  await openLedger(first)
  expect(made.rows).toHaveLength(VERSIONS.length)
  expect((await first.query('SELECT * FROM expand_contract.version')).rows).toEqual(made.rows)
})

it('refuses one that a newer version wrote', async () => {
  const [client] = (await clients(1)) as [Client]
  await openLedger(client)
  await client.query('INSERT INTO expand_contract.version (number) VALUES (99)')
  await expect(openLedger(client)).rejects.toThrow(/version 99, written by a newer expand-contract/)
})

it('says what to grant where the user may not make it', async () => {
  const [admin] = (await clients(1)) as [Client]
  await admin.query('CREATE ROLE poor')
  await admin.query('SET ROLE poor')
  await expect(openLedger(admin)).rejects.toThrow(/CREATE SCHEMA expand_contract AUTHORIZATION/)
  await admin.query('RESET ROLE')
  await admin.query('CREATE SCHEMA expand_contract AUTHORIZATION poor')
  await admin.query('SET ROLE poor')
  await openLedger(admin)
  expect(await versionOf(admin)).toBe(VERSIONS.length)
})

it('keeps a row only where its transaction commits', async () => {
  const [client] = (await clients(1)) as [Client]
  await openLedger(client)
  await client.query('BEGIN')
  await recordFinished(client, run)
  await client.query('ROLLBACK')
  expect(await readSteps(client)).toEqual([])
  await client.query('BEGIN')
  await recordFinished(client, run, { tries: 2 })
  await client.query('COMMIT')
  const [row] = await readSteps(client, '0007_name')
  expect(row).toMatchObject({ plan: '0007_name', step: '01-add-name', stage: 'expand', by: 'ana@laptop', observed: { tries: 2 } })
  expect(row?.finishedAt?.getTime()).toBeGreaterThanOrEqual(row?.startedAt.getTime() ?? Number.NaN)
  expect(await readSteps(client, 'another')).toEqual([])
})

it('tells begun from done, and keeps what was taken back', async () => {
  const [client] = (await clients(1)) as [Client]
  await openLedger(client)
  await recordStarted(client, run)
  const [begun] = await readSteps(client)
  expect(begun?.finishedAt).toBeNull()
  await recordStarted(client, { ...run, by: 'another' })
  await recordFinished(client, run)
  const [done] = await readSteps(client)
  expect(done).toMatchObject({ by: 'ana@laptop', startedAt: begun?.startedAt })
  expect(done?.finishedAt).not.toBeNull()
  await recordUndone(client, run.plan, step.id)
  expect(await readSteps(client)).toEqual([])
  await recordFinished(client, run)
  expect(await readSteps(client)).toHaveLength(1)
  expect((await client.query('SELECT FROM expand_contract.step')).rowCount).toBe(2)
})

it('is no part of the user schema', async () => {
  const [client] = (await clients(1)) as [Client]
  const before = await introspect(client)
  await openLedger(client)
  expect(await introspect(client)).toEqual(before)
})

it('locks out a second one, by whatever number, and names the first', async () => {
  const [first, second] = (await clients(2)) as [Client, Client]
  const { rows } = await first.query('SELECT pg_backend_pid() AS pid')
  for (const id of [72_707_369, 7_202_611_242]) {
    expect(await holderOf(second, id)).toBeUndefined()
    expect(await tryLock(first, id)).toBe(true)
    expect(await tryLock(second, id)).toBe(false)
    expect(await holderOf(second, id)).toMatchObject({ pid: rows[0]?.pid })
    await releaseLock(first, id)
    expect(await tryLock(second, id)).toBe(true)
  }
})
