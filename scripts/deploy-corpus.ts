import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { History } from '@expand-contract/core'
import { deploy, diffSchemas, introspect, MigrationFailure, type Server, startServer, withTwo } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { outstanding } from '../packages/cli/src/deploy/pending.ts'
import { migrator } from '../packages/drizzle/test/support/migrator.ts'
import { startEngine } from '../packages/prisma/test/support/engine.ts'
import { eachStatement, wholeFile } from '../packages/prisma/test/support/run-script.ts'
import { type CorpusHistory, histories, unpackCorpus } from '../test/support/corpus.ts'
import { urlOf } from '../test/support/live.ts'

// Real histories on two empty databases, one deployed by us, one by the ORM itself: the rows of the ORM's own table (but for ids and times) and the schemas must be equal. A history that a plain PostgreSQL refuses at
// some migration (an extension that is not there) is taken up to the one before. tsx --conditions=expand-contract-source scripts/deploy-corpus.ts [projects…]
const PROJECTS = [
  'ghostfolio__ghostfolio',
  'lukevella__rallly',
  'umami-software__umami',
  'vercel__ai-chatbot',
  'kanbn__kan',
  'latitude-dev__latitude-llm__v1',
]

type Row = Readonly<Record<string, unknown>>

/** What Drizzle's migrator reads: the folder with only the first migrations. */
function cut({ layout, migrations }: History, folder: string): string {
  const target = path.join(folder, 'migrations')
  cpSync(layout.migrations, target, { recursive: true })
  const known = new Set(migrations.map((m) => m.id))
  if (layout.format === 'drizzle-journal') {
    const file = path.join(target, 'meta/_journal.json')
    const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { tag: string }[] }
    writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.filter((e) => known.has(e.tag)) }))
  } else {
    for (const name of readdirSync(target)) if (!known.has(name)) rmSync(path.join(target, name), { recursive: true })
  }
  return target
}

async function byOrm(server: Server, name: string, client: Client, { adapter, history }: CorpusHistory): Promise<void> {
  const { layout, migrations } = history
  if (adapter.id === 'prisma') {
    const send = layout.sending === 'statements' ? eachStatement : wholeFile
    const engine = await startEngine(server, name, 'datasource db {\n  provider = "postgresql"\n}\n', send)
    try {
      await engine.deploy(migrations.map(({ id, text }) => ({ id, sql: text })))
    } finally {
      await engine.close()
    }
    return
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'expand-contract-cut-'))
  try {
    await migrator(layout.format === 'drizzle-journal' ? 0 : 1)(client, cut(history, folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Names of what was applied, as far as the database takes it. */
async function byUs(client: Client, name: string, { adapter, history }: CorpusHistory): Promise<string[]> {
  const project = { adapter, layout: history.layout, history }
  const records = await adapter.records(history, undefined)
  const applied: string[] = []
  await withTwo(urlOf(client, name), (one, watcher) =>
    deploy(one, watcher, {
      records,
      sending: history.layout.sending ?? 'query',
      pending: async (rows) => (await outstanding(project, [], rows)).pending,
      by: 'corpus',
      patience: 60_000,
      wait: 1_000,
      onEvent: (event) => void (event.kind === 'applied' && applied.push(event.migration)),
    }),
  ).catch((error: unknown) => {
    if (!(error instanceof MigrationFailure)) throw error
    console.log(`  ${error.message.split('\n')[0]}`)
  })
  return applied
}

async function rowsOf(client: Client, { adapter, history }: CorpusHistory): Promise<Row[]> {
  const { table } = await adapter.records(history, undefined)
  const { rows } = await client.query<Row>(`SELECT * FROM "${table.schema}"."${table.name}"`)
  const known = ({ id, started_at, finished_at, applied_at, ...rest }: Row): Row =>
    adapter.id === 'prisma' ? { ...rest, isDone: finished_at !== null } : { id, ...rest, isDone: applied_at !== null }
  return rows.map(known).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

async function compare(server: Server, found: CorpusHistory): Promise<boolean> {
  const fresh = async (): Promise<{ name: string; client: Client }> => {
    const name = `deploy_${count++}`
    await server.create(name)
    return { name, client: await server.connect(name) }
  }
  const all = found.history.migrations.length
  let { name, client } = await fresh()
  const applied = await byUs(client, name, found)
  if (applied.length < all) {
    // What a failed migration left of itself is no matter of this comparison.
    await client.end()
    ;({ name, client } = await fresh())
    found = { ...found, history: { ...found.history, migrations: found.history.migrations.slice(0, applied.length) } }
    await byUs(client, name, found)
  }
  const theirs = await fresh()
  await byOrm(server, theirs.name, theirs.client, found)
  const differences = diffSchemas(await introspect(theirs.client), await introspect(client))
  const [ours, orm] = [await rowsOf(client, found), await rowsOf(theirs.client, found)]
  const same = isDeepStrictEqual(ours, orm)
  console.log(
    `${found.name}: ${applied.length} of ${all} migrations, ${orm.length} rows ${same ? 'equal' : 'DIFFERENT'}, ${differences.length} differences of the schema`,
  )
  if (!same) for (const row of ours.filter((r) => !orm.some((o) => isDeepStrictEqual(o, r))).slice(0, 3)) console.log(' ', row)
  for (const line of differences.slice(0, 5)) console.log(`  ${line}`)
  await client.end()
  await theirs.client.end()
  return same && differences.length === 0
}

let count = 0
const wanted = process.argv.slice(2)
const unpacked = unpackCorpus(wanted.length > 0 ? wanted : PROJECTS)
const server = await startServer()
try {
  let isRight = true
  for (const found of await histories(unpacked.folder)) isRight = (await compare(server, found)) && isRight
  if (!isRight) process.exitCode = 1
} finally {
  await server.stop()
  unpacked.remove()
}
