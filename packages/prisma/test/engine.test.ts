import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { buildMigration, type Plan, planMigration, type Replayed, replayHistory, type SourceMigration } from '@expand-contract/core'
import { type Server, shadowName, startServer } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { prisma } from '../src/index.ts'
import type { RunScript } from './support/connection.ts'
import { type MigrationText, startEngine } from './support/engine.ts'
import { EXAMPLE_IDS, generateExample, readMigrations, schemaBefore } from './support/example.ts'
import { renamePlan } from './support/plan.ts'
import { apply, EXAMPLE, exampleProject, historyOf } from './support/project.ts'
import { eachStatement, splitLikePrisma, wholeFile } from './support/run-script.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

const schemaOf = (root: string): Promise<string> => readFile(path.join(root, 'prisma/schema.prisma'), 'utf8')
const texts = (migrations: readonly SourceMigration[]): MigrationText[] => migrations.map(({ id, text }) => ({ id, sql: text }))

/** A database with Prisma's engine on it; scripts reach it as `run` does, and what they leave set on the connection is noted. */
async function database(schema: string, run: RunScript) {
  const name = shadowName()
  await server.create(name)
  const left: string[] = []
  const engine = await startEngine(server, name, schema, async (client, script) => {
    await run(client, script)
    const { rows } = await client.query<{ v: string }>(
      `SELECT concat_ws(' ', current_setting('lock_timeout'), current_setting('statement_timeout')) AS v`,
    )
    left.push(rows[0]?.v ?? '')
  })
  const client = await server.connect(name)
  onTestFinished(async () => {
    await client.end()
    await engine.close()
    await server.drop(name)
  })
  return { engine, client, left }
}

function handMade(migrations: readonly SourceMigration[]): Plan {
  const pending = migrations.at(-1) as SourceMigration
  return renamePlan(pending.id, pending.text)
}

/** The plan that the planner makes, with a person's answer that it is a rename. */
function planned(migrations: readonly SourceMigration[]): Plan {
  const pending = replayHistory(migrations).at(-1) as Replayed
  return planMigration(buildMigration(pending, [{ kind: 'rename', table: 'User', column: 'name', to: 'fullName' }], 14))
}

/** The example before its rename, deployed and filled, and its emitted expand stage. */
async function started(run: RunScript, planOf: (migrations: readonly SourceMigration[]) => Plan = handMade) {
  const root = await exampleProject()
  const schema = await schemaOf(root)
  const db = await database(schemaBefore(schema), run)
  const history = await historyOf(root)
  const [init, pending] = history.migrations as [SourceMigration, SourceMigration]
  await db.engine.deploy(texts([init]))
  await db.client.query(`INSERT INTO "User" ("email", "name") SELECT g || '@x', 'name ' || g FROM generate_series(1, 12000) g`)
  await apply(await prisma.emit(planOf(history.migrations), history))
  return { root, schema, ...db, pending, expanded: texts((await historyOf(root)).migrations) }
}

async function heldFiles(root: string, id: string, folder: 'contract' | 'undo'): Promise<string[]> {
  const at = path.join(root, 'prisma/expand-contract', id, folder)
  return Promise.all((await readdir(at)).sort().map((file) => readFile(path.join(at, file), 'utf8')))
}

/** Columns, constraints, indexes, triggers and functions, as text. */
async function shapeOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    SELECT concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, column_default) AS line
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
    UNION ALL SELECT 'constraint ' || conname || ' ' || convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL SELECT 'index ' || indexrelid::regclass || ' ' || indisvalid FROM pg_index WHERE indrelid::regclass::text IN ('"User"', '"Post"')
    UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1`)
  return rows.map((r) => r.line)
}

const MODES: [name: string, run: RunScript][] = [
  ['to 7.3: the whole file at once', wholeFile],
  ['7.4 and later: statement by statement', eachStatement],
]

describe.each(MODES)('a rename on the real engine, %s', (_, run) => {
  it('expands, keeps both codes working, and ends where Prisma would', async () => {
    const { root, schema, engine, client, left, pending, expanded } = await started(run)
    left.length = 0
    expect(await engine.deploy(expanded)).toEqual(expanded.slice(1).map((m) => m.id))
    expect(left).toEqual(expanded.slice(1).map(() => '0 0'))

    await client.query(`INSERT INTO "User" ("email", "name") VALUES ('old@x', 'Old')`)
    await client.query(`INSERT INTO "User" ("email", "fullName") VALUES ('new@x', 'New')`)
    await client.query(`UPDATE "User" SET "fullName" = 'Changed' WHERE "email" = '7@x'`)
    const { rows } = await client.query(`SELECT count(*)::int AS n FROM "User" WHERE "name" = "fullName"`)
    expect(rows).toEqual([{ n: 12_002 }])
    expect(await shapeOf(client)).toContain('index "User_fullName_lower" true')

    // No drift, and all that Prisma still sees to do is what the contract holds.
    const next = await engine.create(expanded, schema)
    expect(next?.split('*/\n')[1]).toBe('-- AlterTable\nALTER TABLE "User" DROP COLUMN "name";\n')

    const contract = (await heldFiles(root, pending.id, 'contract')).map((sql, i) => ({ id: `20260301000000_contract_${i}`, sql }))
    const released = [...expanded, ...contract]
    expect(await engine.deploy(released)).toEqual(contract.map((m) => m.id))
    expect(await engine.create(released, schema)).toBeNull()
    expect((await client.query(`SELECT count("fullName")::int AS n FROM "User"`)).rows).toEqual([{ n: 12_002 }])
    expect((await shapeOf(client)).filter((line) => line.startsWith('trigger') || line.startsWith('function'))).toEqual([])
  })

  it('takes the planner’s own plan to the same end', async () => {
    const { root, schema, engine, client, pending, expanded } = await started(run, planned)
    await engine.deploy(expanded)
    const contract = (await heldFiles(root, pending.id, 'contract')).map((sql, i) => ({ id: `20260301000000_contract_${i}`, sql }))
    await engine.deploy([...expanded, ...contract])
    expect(await engine.create([...expanded, ...contract], schema)).toBeNull()
    expect((await client.query(`SELECT count("fullName")::int AS n FROM "User"`)).rows).toEqual([{ n: 12_000 }])
  })

  it('is undone without a trace', async () => {
    const { root, engine, client, pending, expanded } = await started(run)
    const before = await shapeOf(client)
    await engine.deploy(expanded)
    expect(await shapeOf(client)).not.toEqual(before)
    for (const sql of await heldFiles(root, pending.id, 'undo')) await client.query(sql)
    expect(await shapeOf(client)).toEqual(before)
  })

  it('stops in words at a check that fails, and nothing of a failing group stays', async () => {
    const { engine, client, expanded } = await started(run)
    await engine.deploy(expanded.slice(0, 2))
    const blocker = await server.connect((await client.query('SELECT current_database() AS d')).rows[0].d)
    onTestFinished(() => blocker.end())
    await blocker.query('BEGIN; LOCK TABLE "User" IN ACCESS SHARE MODE')
    const group = { id: '20260301000000_group', sql: expanded.at(-2)?.sql ?? '' }
    const added = {
      ...group,
      sql: group.sql.replace('BEGIN;', `BEGIN;\nCREATE FUNCTION never() RETURNS int LANGUAGE sql AS 'SELECT 1';`),
    }
    await expect(engine.deploy([...expanded.slice(0, 2), added])).rejects.toThrow(/lock timeout/)
    await blocker.query('ROLLBACK')
    expect(await shapeOf(client)).not.toContain('function never')
    await client.query(`ALTER TABLE "User" DISABLE TRIGGER USER; UPDATE "User" SET "fullName" = 'other' WHERE "email" = '9@x'`)
    await expect(run(client, expanded.at(-1)?.sql ?? '')).rejects.toThrow('"name" and "fullName" differ in some row.')
  })
})

describe('emitted files', () => {
  it('are cut by Prisma 7.4 where they may be cut', async () => {
    const root = await exampleProject()
    const history = await historyOf(root)
    const pending = history.migrations.at(-1) as SourceMigration
    const edits = await prisma.emit(renamePlan(pending.id, pending.text), history)
    const files = edits.flatMap((e) => (e.path.startsWith(history.layout.migrations) && e.content !== null ? [e.content] : []))
    for (const file of files) {
      const pieces = splitLikePrisma(file)
      const first = pieces[0]?.split('\n').find((line) => !line.startsWith('--'))
      if (pieces.length > 1) expect([first, pieces.at(-1)?.trim()]).toEqual(['BEGIN', 'COMMIT'])
    }
    expect(files.map((file) => splitLikePrisma(file).length > 1)).toContain(true)
  })
})

describe('examples/prisma-rename', () => {
  it('holds what Prisma’s engine writes for its schema today', async () => {
    const schema = await schemaOf(EXAMPLE)
    const made = await generateExample(schema, server)
    expect(made.map((m) => m.id)).toEqual([...EXAMPLE_IDS])
    expect(await readMigrations(path.join(EXAMPLE, 'prisma/migrations'))).toEqual(made)
  })

  it('loses nothing and needs no migration where the field is mapped to its old column', async () => {
    const root = await exampleProject()
    const history = await historyOf(root)
    const pending = history.migrations.at(-1) as SourceMigration
    const empty = renamePlan(pending.id, pending.text).stages.map((stage) => ({ ...stage, steps: [] }))
    const maps = [{ table: 'User', column: 'name', to: 'fullName' }]
    const plan = renamePlan(pending.id, pending.text, { maps, stages: [empty[0] as never, empty[1] as never] })
    await apply(await prisma.emit(plan, history))
    const rest = await historyOf(root)
    expect(rest.migrations.map((m) => m.id)).toEqual([EXAMPLE_IDS[0]])
    const schema = await schemaOf(root)
    const { engine } = await database(schema, wholeFile)
    await engine.deploy(texts(rest.migrations))
    expect(await engine.create(texts(rest.migrations), schema)).toBeNull()
  })
})
