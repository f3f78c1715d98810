import { quoteName, readScript } from '@expand-contract/core'
import type { Client } from 'pg'
import { listen, readRelations } from '../../../packages/postgres/src/observe.ts'
import type { HazardCase } from './case.ts'
import { codeOf, runCommand, type Watch } from './observe-command.ts'
import { type Deed, type Observed, WORKS } from './observed.ts'

/** Two sessions of one scratch database, and more. */
export interface Sessions {
  readonly client: Client
  readonly other: Client
  connect(): Promise<Client>
}

/** Runs a case on an empty schema and watches. Throws where `before` fails, or old code fails before the migration. */
export async function observeCase(sessions: Sessions, one: HazardCase): Promise<Observed> {
  const watch = await prepare(sessions, one)
  for (const sql of one.oldCode) {
    const code = await errorOf(sessions.other, sql)
    if (code) throw new Error(`old code fails before the migration already (${code}): ${sql}`)
  }
  if (one.beside !== undefined) {
    await sessions.other.query('BEGIN')
    await sessions.other.query(one.beside)
  }
  let meanwhile: string | undefined
  await runText(watch, one, async () => {
    if (one.meanwhile !== undefined) meanwhile = await waits(sessions.other, one.meanwhile)
  })
  if (one.beside !== undefined) await sessions.other.query('ROLLBACK')
  const oldCode: string[] = []
  for (const sql of one.oldCode) oldCode.push((await errorOf(sessions.other, sql)) ?? WORKS)
  return { deeds: watch.deeds, oldCode, ...(meanwhile !== undefined && { meanwhile }) }
}

/** Runs the safe sequence of a case, each statement alone, and watches. */
export async function observeInstead(sessions: Sessions, one: HazardCase): Promise<readonly Deed[]> {
  const watch = await prepare(sessions, one)
  await runText(watch, { migration: one.instead.join('\n'), sending: 'statements', beside: undefined })
  return watch.deeds
}

async function prepare({ client, connect }: Sessions, one: HazardCase): Promise<Watch> {
  const { rows } = await client.query(
    `SELECT quote_ident(nspname) AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`,
  )
  await client.query(`DROP SCHEMA ${rows.map((r) => r.name).join(', ')} CASCADE; CREATE SCHEMA public`)
  await client.query(one.before)
  const views = await client.query('SELECT schemaname AS schema, matviewname AS name FROM pg_matviews')
  const materialized = new Set<string>(views.rows.map((r) => `${quoteName(r.schema)}.${quoteName(r.name)}`))
  const known = await readRelations(client)
  return { client, connect, known, files: known, materialized, messages: await listen(client), deeds: [], held: [] }
}

type Sent = Pick<HazardCase, 'migration' | 'sending' | 'beside'>

// What PostgreSQL runs outside transactions only.
const ALONE =
  /^((CREATE (UNIQUE )?|DROP )INDEX CONCURRENTLY|REINDEX .*CONCURRENTLY|VACUUM|ALTER TABLE .* DETACH PARTITION .* CONCURRENTLY|DO .*\bCOMMIT;)/s

/** Sends a migration as its ORM does, command by command, so that each can be watched. `beforeEnd` is called before the last transaction ends. */
async function runText(watch: Watch, { migration, sending, beside }: Sent, beforeEnd?: () => Promise<void>): Promise<void> {
  const { client } = watch
  const commands = commandsOf(migration)
  const asOne = sending === 'transaction' || (sending === 'query' && commands.length > 1)
  let hadError = false
  for (const [i, sql] of commands.entries()) {
    if (client.getTransactionStatus() === 'I') watch.held = []
    const alone = ALONE.test(sql) && !asOne
    const isOpen = client.getTransactionStatus() === 'T'
    const control = /^(BEGIN|START|COMMIT|ROLLBACK)\b/.test(sql)
    // Drizzle's transaction is over once a migration has ended it; a query of several statements opens its own again.
    const opens = !isOpen && !control && !alone && (sending !== 'transaction' || i === 0)
    if (opens) await client.query('BEGIN')
    hadError =
      (await runCommand(watch, sql, i + 1, alone ? (beside === undefined ? 'gated' : 'beside a writer') : 'in a transaction')) !== undefined
    if (hadError) break
    if (i === commands.length - 1) await beforeEnd?.()
    if (opens && !asOne) await client.query('COMMIT')
  }
  if (client.getTransactionStatus() === 'T') await client.query(hadError ? 'ROLLBACK' : 'COMMIT')
  await watch.messages.stop()
  await client.query('DISCARD ALL')
}

/** The commands as they are sent: what our parser can't read goes out whole. */
function commandsOf(text: string): string[] {
  const script = readScript(text)
  if (script.unreadable) return [text]
  const bytes = Buffer.from(text)
  return script.statements.filter((s) => s.split.part === 0).map((s) => bytes.subarray(s.span.start, s.span.end).toString())
}

/** The error's code, or undefined where the statement works. Leaves nothing behind. */
async function errorOf(client: Client, sql: string): Promise<string | undefined> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    return undefined
  } catch (error) {
    return codeOf(error)
  } finally {
    await client.query('ROLLBACK')
  }
}

async function waits(client: Client, sql: string): Promise<string> {
  await client.query('SET lock_timeout = 50')
  const code = await errorOf(client, sql)
  await client.query('RESET lock_timeout')
  return code === '55P03' ? 'waits' : (code ?? 'works')
}
