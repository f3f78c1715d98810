import { readScript, type Sending } from '@expand-contract/core'
import type { Client } from 'pg'
import { readRelations } from '../../../packages/postgres/src/observe.ts'
import type { HazardCase } from './case.ts'
import { codeOf, runCommand, type Watch } from './observe-command.ts'
import type { Deed, Observed } from './observed.ts'

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
  let meanwhile: string | undefined
  await runText(watch, one.migration, one.sending, async () => {
    if (one.meanwhile !== undefined) meanwhile = await waits(sessions.other, one.meanwhile)
  })
  const oldCode: string[] = []
  for (const sql of one.oldCode) oldCode.push((await errorOf(sessions.other, sql)) ?? 'works')
  return { deeds: watch.deeds, oldCode, ...(meanwhile !== undefined && { meanwhile }) }
}

/** Runs the safe sequence of a case, each statement alone, and watches. */
export async function observeInstead(sessions: Sessions, one: HazardCase): Promise<readonly Deed[]> {
  const watch = await prepare(sessions, one)
  await runText(watch, one.instead.join('\n'), 'statements')
  return watch.deeds
}

async function prepare({ client, connect }: Sessions, one: HazardCase): Promise<Watch> {
  const { rows } = await client.query(
    `SELECT quote_ident(nspname) AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`,
  )
  await client.query(`DROP SCHEMA ${rows.map((r) => r.name).join(', ')} CASCADE; CREATE SCHEMA public`)
  await client.query(one.before)
  return { client, connect, known: await readRelations(client), deeds: [], held: [] }
}

// What PostgreSQL runs outside transactions only.
const ALONE =
  /^((CREATE (UNIQUE )?|DROP )INDEX CONCURRENTLY|REINDEX .*CONCURRENTLY|VACUUM|ALTER TABLE .* DETACH PARTITION .* CONCURRENTLY|DO .*\bCOMMIT;)/s

/** Sends a migration as its ORM does, command by command, so that each can be watched. `beforeEnd` is called before the last transaction ends. */
async function runText(watch: Watch, text: string, sending: Sending, beforeEnd?: () => Promise<void>): Promise<void> {
  const { client } = watch
  const commands = commandsOf(text)
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
    hadError = (await runCommand(watch, sql, i + 1, alone)) !== undefined
    if (hadError) break
    if (i === commands.length - 1) await beforeEnd?.()
    if (opens && !asOne) await client.query('COMMIT')
  }
  if (client.getTransactionStatus() === 'T') await client.query(hadError ? 'ROLLBACK' : 'COMMIT')
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
