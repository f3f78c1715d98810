import { EVERYTHING, type Replayed, replayHistory } from '@expand-contract/core'
import { type Server, shadowName } from '@expand-contract/postgres'
import { createJudge, type Verdict } from './replay-judge.ts'
import { runMigration } from './run-migration.ts'
import type { StandIn } from './stand-ins.ts'

/** What came of judging a history. */
export interface Judged {
  /** Migrations that the server ran, each compared afterwards. */
  readonly judged: number
  /** Those after which nothing differed. */
  readonly equal: number
  /** Those of the equal ones after which replay knew everything: all was compared. */
  readonly complete: number
  /** Those of the equal ones after which replay knew nothing for sure: nothing was compared. */
  readonly blind: number
  readonly expressions: number
  /** The most tables and views that were compared at once. */
  readonly tables: number
  /** Differences, each once, with the migration after which it was first there. */
  readonly differences: readonly { readonly migration: string; readonly lines: readonly string[] }[]
  /** What replay calls incomplete at the end. */
  readonly incomplete: readonly string[]
  /** Why the server did not run the history to its end. */
  readonly stopped?: string
}

/** What the ORMs make for themselves before they run a migration. */
const OWN: Readonly<Record<string, { sql: string; kept: readonly string[] }>> = {
  drizzle: {
    sql: 'CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)',
    kept: ['drizzle', '"drizzle"."__drizzle_migrations"', '"drizzle"."__drizzle_migrations_id_seq"'],
  },
  prisma: {
    sql: `CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
      logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`,
    kept: ['"public"."_prisma_migrations"'],
  },
}

/**
 * Runs a history on an empty database of the server, where the ORM has made what it keeps for itself, migration by migration, and compares the replayed schema after
 * each with the server's. `standIn` is what its hoster would have.
 */
export async function judgeHistory(
  server: Server,
  orm: string,
  migrations: readonly { readonly id: string; readonly text: string }[],
  standIn: StandIn = { sql: '', without: [] },
): Promise<Judged> {
  const [, ...replayed] = replayHistory([{ id: 'stand-in', text: standIn.sql }, ...migrations])
  const name = shadowName()
  await server.create(name)
  const client = await server.connect(name)
  const { sql, kept } = OWN[orm] ?? { sql: '', kept: [] }
  const judge = createJudge(client, server.major, kept)
  const seen = new Set<string>()
  const found = {
    judged: 0,
    equal: 0,
    complete: 0,
    blind: 0,
    expressions: 0,
    tables: 0,
    differences: [] as { migration: string; lines: string[] }[],
    incomplete: [] as readonly string[],
  }
  try {
    await client.query(sql)
    await client.query(standIn.sql)
    for (const [i, { id, text }] of migrations.entries()) {
      const sent = standIn.without.reduce((whole, part) => whole.replaceAll(part, ''), text)
      const refused = await runMigration(client, sent, orm)
      if (refused !== undefined) return { ...found, stopped: `${id} ${refused}` }
      const { after } = replayed[i] as Replayed
      const verdict: Verdict = await judge(after)
      found.judged++
      found.tables = Math.max(found.tables, verdict.tables)
      found.expressions += verdict.expressions
      found.incomplete = verdict.incomplete
      if (verdict.differences.length === 0) {
        found.equal++
        if (verdict.incomplete.length === 0) found.complete++
        if (after.incomplete.has(EVERYTHING)) found.blind++
      }
      const lines = verdict.differences.filter((line) => !seen.has(line))
      for (const line of lines) seen.add(line)
      if (lines.length > 0) found.differences.push({ migration: id, lines })
    }
    return found
  } finally {
    await client.end()
    await server.drop(name)
  }
}
