import {
  buildMigration,
  type Catalog,
  type Intent,
  type Plan,
  planMigration,
  type Replayed,
  replayHistory,
  type Step,
  stepSql,
} from '@expand-contract/core'
import { type Server, shadowName } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { onTestFinished } from 'vitest'
import { restage } from '../../src/stage/restage.ts'
import type { RunScript } from './connection.ts'
import { type Engine, type MigrationText, type PrismaVersion, startEngine } from './engine.ts'
import { wholeFile } from './run-script.ts'

const HEAD = 'datasource db {\n  provider = "postgresql"\n}\n\n'

/** A change from one schema to another on a scratch database, in Prisma's hands. */
export interface Story {
  readonly engine: Engine
  readonly client: Client
  readonly plan: Plan
  readonly final: string
  /** The history up to the change, and with the migration as Prisma wrote it. */
  readonly init: readonly MigrationText[]
  readonly original: MigrationText
  /** Catalogs before the change, after it, and at the end of each stage. */
  readonly before: Catalog
  readonly after: Catalog
  readonly expanded: Catalog
  readonly contracted: Catalog
  steps(steps: readonly Step[], prefix: string): MigrationText[]
}

/** A database with Prisma's engine on it, gone when the test is over. `send`: how a migration reaches the server. */
export async function engineDatabase(
  server: Server,
  schema: string,
  send: RunScript = wholeFile,
  version?: PrismaVersion,
): Promise<{ engine: Engine; client: Client }> {
  const name = shadowName()
  await server.create(name)
  const engine = await startEngine(server, name, schema, send, version)
  const client = await server.connect(name)
  onTestFinished(async () => {
    await client.end()
    await engine.close()
    await server.drop(name)
  })
  return { engine, client }
}

/** Lets Prisma write both migrations, and plans the second. */
export async function story(server: Server, from: string, to: string, intents: readonly Intent[], sql = ''): Promise<Story> {
  const [start, final] = [HEAD + from, HEAD + to]
  const { engine, client } = await engineDatabase(server, start)
  const first = (await engine.create([], start)) ?? ''
  const init = [{ id: '20260101000000_init', sql: first }]
  await engine.deploy(init)
  const original = { id: '20260102000000_change', sql: sql || ((await engine.create(init, final)) ?? '') }
  const replayed = replayHistory([...init, original].map(({ id, sql: text }) => ({ id, text })))
  const entry = replayed.at(-1) as Replayed
  const plan = planMigration(buildMigration(entry, intents, 14))
  const steps = (all: readonly Step[], prefix: string): MigrationText[] => all.map((s) => ({ id: `${prefix}_${s.id}`, sql: stepSql(s) }))
  const catalogAfter = (migrations: readonly MigrationText[]): Catalog =>
    replayHistory([...init, ...migrations].map(({ id, sql: text }) => ({ id, text }))).at(-1)?.after as Catalog
  const expand = steps(plan.stages[0].steps, original.id)
  return {
    engine,
    client,
    plan,
    final,
    init,
    original,
    before: entry.before,
    after: entry.after,
    expanded: catalogAfter(expand),
    contracted: catalogAfter([...expand, ...steps(plan.stages[1].steps, '20260103000000')]),
    steps,
  }
}

/** One schema file made to describe another database. */
export async function restaged(
  schema: string,
  change: Omit<Parameters<typeof restage>[1], 'note'>,
): Promise<{ schema: string; unsaid: readonly string[] }> {
  const { files, unsaid } = await restage([['schema.prisma', schema]], {
    ...change,
    note: 'leaves with the contract of 20260102000000_change',
  })
  return { schema: files[0]?.[1] ?? '', unsaid }
}
