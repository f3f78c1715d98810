import { readdirSync, readFileSync } from 'node:fs'
import { applyScript, applyStatement, type Catalog, EMPTY_CATALOG, readScript, type Statement } from '@expand-contract/core'
import { installedVersions, type Server, shadowName, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createJudge } from './replay-judge.ts'

/** Versions that share the topics among them; the oldest and the newest run each. */
const BETWEEN = [15, 16, 17]

const FOLDER = new URL('../replay/', import.meta.url)

/** SQL that replay follows, for a real PostgreSQL to judge. */
interface Topic {
  readonly name: string
  readonly text: string
  /** The oldest version that runs it: `-- postgres 15` as the first line. */
  readonly since: number
  /** What replay must call incomplete at the end: `-- incomplete: "public"."t"`, a line for each. */
  readonly incomplete: readonly string[]
}

/** The topics that a version runs: with `TOPIC` those that it names. */
export function topics(version: number): Topic[] {
  const only = process.env.TOPIC
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.sql') && (!only || only.split(',').includes(file.slice(0, -4))))
  const all = files.sort().map((file) => {
    const lines = readFileSync(new URL(file, FOLDER), 'utf8').split('\n')
    const after = (start: string): string[] => lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length).trim())
    return {
      name: file.slice(0, -4),
      text: lines.join('\n'),
      since: Number(lines[0]?.match(/^-- postgres (\d+)$/)?.[1] ?? 14),
      incomplete: after('-- incomplete:'),
    }
  })
  return all.filter((topic) => topic.since <= version)
}

/** Those that are judged on it each time: with `TOPIC` what it names, with `REPLAY=all` all. */
function judgedTopics(version: number): Topic[] {
  const between = BETWEEN.indexOf(version)
  const isAll = process.env.TOPIC !== undefined || process.env.REPLAY === 'all' || between < 0
  return topics(version).filter((_, i) => isAll || i % BETWEEN.length === between)
}

/** Tests that say: each statement of `test/replay/*.sql` makes of the catalog what that version of PostgreSQL makes of its database. */
export function describeReplay(version: number): void {
  describe.skipIf(!installedVersions().includes(version))(`replay, judged by PostgreSQL ${version}`, () => {
    let server: Server
    beforeAll(async () => {
      server = await startServer({ version })
    })
    afterAll(() => server?.stop())

    it.each(judgedTopics(version).map((t) => [t.name, t] as const))('%s', async (_, topic) => {
      const { differences, tables, incomplete } = await judgeTopic(server, topic)
      expect(differences.join('\n')).toBe('')
      expect([...incomplete.keys()].sort(), [...incomplete].map(([key, { reason }]) => `${key}: ${reason}`).join('\n')).toEqual(
        [...topic.incomplete].sort(),
      )
      expect(tables).toBeGreaterThan(0)
    })
  })
}

/** Runs a topic statement by statement; a difference is told with the first statement after which it is there. */
async function judgeTopic(
  server: Server,
  topic: Topic,
): Promise<{ differences: readonly string[]; tables: number; incomplete: Catalog['incomplete'] }> {
  const script = readScript(topic.text)
  if (script.unreadable)
    return { differences: [`line ${script.unreadable.line}: ${script.unreadable.message}`], tables: 0, incomplete: new Map() }
  const { at } = applyScript(EMPTY_CATALOG, script, topic.name)
  const bytes = Buffer.from(topic.text)
  const name = shadowName()
  await server.create(name)
  const client = await server.connect(name)
  const judge = createJudge(client, server.major)
  let after: Catalog = EMPTY_CATALOG
  let tables = 0
  const seen = new Set<string>()
  const differences: string[] = []
  try {
    for (const [i, { span, split, line }] of script.statements.entries()) {
      if (split.part > 0) continue
      const sql = bytes.subarray(span.start, span.end).toString()
      await client.query(sql).catch((error) => expect.fail(`line ${line}: ${error}: ${sql}`))
      const last = i + split.of - 1
      // What the end of a script does to temporary tables has not happened yet.
      after = at[last + 1] ?? applyStatement(at[last] as Catalog, script.statements[last] as Statement, topic.name)
      const verdict = await judge(after)
      tables = Math.max(tables, verdict.tables)
      const news = verdict.differences.filter((d) => !seen.has(d))
      for (const line of verdict.differences) seen.add(line)
      if (news.length > 0) differences.push(`line ${line}: ${sql}`, ...news)
    }
    return { differences, tables, incomplete: after.incomplete }
  } finally {
    await client.end()
    await server.drop(name)
  }
}
