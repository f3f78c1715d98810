import { execFileSync } from 'node:child_process'
import { readDump } from '@expand-contract/core'
import { installedVersions, startServer } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { RICH_SCHEMA } from '../../packages/postgres/test/rich-schema.ts'
import { createJudge } from '../support/replay-judge.ts'
import { topics } from '../support/replay-topics.ts'
import { runMigration } from '../support/run-migration.ts'

/** Major version of the pg_dump on the PATH; 0 where there is none. No npm package carries one. */
function dumpVersion(): number {
  try {
    return Number(/ (\d+)/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function dump(client: Client): string {
  const { host, port, user = '', password, database = '' } = client
  const env = { ...process.env, PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password ?? '', PGDATABASE: database }
  return execFileSync('pg_dump', ['--schema-only'], { env, encoding: 'utf8', maxBuffer: 2 ** 28 })
}

// It reads servers of its own version and older.
const version = installedVersions().find((v) => v <= dumpVersion())

describe.skipIf(version === undefined)(
  `what pg_dump writes${version === undefined ? ': SKIPPED, there is no pg_dump for an installed version' : ''}`,
  () => {
    it('is replayed to what introspection reads, for one of everything and for all topics', { timeout: 240_000 }, async () => {
      const server = await startServer({ version: version as number })
      try {
        const found: Record<string, readonly string[]> = {}
        let tables = 0
        const all = [{ name: 'rich', text: RICH_SCHEMA, incomplete: [] }, ...topics(server.major)]
        for (const [i, { name, text, incomplete }] of all.entries()) {
          await server.create(`dump_${i}`)
          const client = await server.connect(`dump_${i}`)
          await runMigration(client, text)
          if (await hasTables(client)) {
            const verdict = await createJudge(client, server.major)(readDump(dump(client), name))
            tables += verdict.tables
            // LIKE INCLUDING IDENTITY makes a bigint sequence for any column, which pg_dump does not write down.
            const wrong = [
              ...verdict.differences.filter((line) => !line.startsWith('sequence "public"."like_a_')),
              // Rules, and triggers that change the schema, are in the dump too.
              ...verdict.incomplete.filter((line) => !incomplete.some((key) => line.startsWith(`${key}: `))),
            ]
            if (wrong.length > 0) found[name] = wrong
          }
          await client.end()
        }
        expect(found).toEqual({})
        expect(tables).toBeGreaterThan(100)
      } finally {
        await server.stop()
      }
    })
  },
)

async function hasTables(client: Client): Promise<boolean> {
  const { rows } = await client.query("SELECT FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
  return rows.length > 0
}
