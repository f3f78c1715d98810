import { buildMigration, type Ddl, planMigration, replayHistory } from '@expand-contract/core'
import { type Server, shadowName, startServer } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runStep, StepFailure } from '../src/run-steps.ts'

const BEFORE = `CREATE TABLE "Post" ("id" integer PRIMARY KEY);
CREATE TABLE "Note" ("id" integer PRIMARY KEY, "postId" integer);`
const MIGRATION = 'ALTER TABLE "Note" ADD CONSTRAINT "Note_postId_fkey" FOREIGN KEY ("postId") REFERENCES "Post"("id");'
/** How long another transaction keeps the step from its first lock, in ms. */
const HELD = 300

let server: Server
let clients: Client[]
const database = shadowName()

beforeAll(async () => {
  server = await startServer()
  await server.create(database)
  clients = await Promise.all([1, 2, 3].map(() => server.connect(database)))
})
afterAll(async () => {
  for (const client of clients ?? []) await client.end()
  await server?.stop()
})

function twoTables(): Ddl {
  const last = replayHistory([
    { id: '1', text: BEFORE },
    { id: '2', text: MIGRATION },
  ]).at(-1)
  const steps = last ? planMigration(buildMigration(last, [], 14)).stages[0].steps : []
  const step = steps.find((s) => s.kind === 'ddl' && s.locks.filter((l) => l.mode === 'SHARE ROW EXCLUSIVE').length === 2)
  if (step?.kind !== 'ddl') throw new Error('no step locks both tables')
  return step
}

async function waiting(observer: Client, { processID }: Client & { processID?: number }): Promise<void> {
  for (;;) {
    const { rows } = await observer.query('SELECT FROM pg_locks WHERE pid = $1 AND NOT granted', [processID])
    if (rows.length > 0) return
  }
}

it('never makes an application the one that a deadlock ends', async () => {
  const [runner, app, other] = clients as [Client, Client, Client]
  await runner.query(BEFORE)
  // Somebody has the first table, so that the step waits for it; an application has the second one and then waits for the first, behind the step.
  await other.query('BEGIN; INSERT INTO "Note" VALUES (1, NULL)')
  await app.query('BEGIN; INSERT INTO "Post" VALUES (1)')
  const ended = runStep(runner, twoTables()).catch((error: unknown) => error)
  await waiting(other, runner)
  const write = app.query('INSERT INTO "Note" VALUES (2, 1)')
  await new Promise((resolve) => setTimeout(resolve, HELD))
  await other.query('COMMIT')
  await write
  await app.query('COMMIT')
  expect(await ended).toBeInstanceOf(StepFailure)
  await runStep(runner, twoTables())
})
