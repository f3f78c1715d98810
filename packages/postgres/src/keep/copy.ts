import { type Destroyed, quoteName } from '@expand-contract/core'
import type { Client } from 'pg'
import type { Session } from '../deploy/session.ts'
import { inTransaction } from '../deploy/transaction.ts'
import { tried } from '../deploy/tries.ts'
import { LEDGER_SCHEMA } from '../ledger/index.ts'
import { forgetKept, type Kept, recordKept } from './kept.ts'
import { type LiveColumn, type LiveTable, nameOf } from './table.ts'

/** lock_timeout in ms: the copy reads, and waits only for who changes the table itself. */
const LOCK_TIMEOUT = 2_000

/**
 * Copies what a step will take away into a table of the ledger's schema, in one transaction of its own: reads and writes go on meanwhile, and a copy that an earlier try made
 * is made anew. With values of dropped columns goes the key of their row; values of a user's type are kept as text, so that the type can go too. Returns how many rows it holds.
 */
export async function copyAway(
  session: Session,
  of: Pick<Kept, 'plan' | 'step' | 'name'>,
  table: LiveTable,
  { columns }: Destroyed,
): Promise<number> {
  const { client } = session
  const key = columns && (table.keys.find((names) => !names.some((name) => columns.includes(name))) ?? null)
  const taken = columns && key ? table.columns.filter(({ name }) => key.includes(name) || columns.includes(name)) : table.columns
  const name = `${LEDGER_SCHEMA}.${quoteName(of.name)}`
  let rows = 0
  await tried(session, `Copy ${nameOf(table)}`, LOCK_TIMEOUT, ({ lockTimeout }) =>
    inTransaction(client, async () => {
      // A policy that hides rows must end the copy, not make it smaller.
      await client.query(`SET LOCAL lock_timeout = ${lockTimeout}; SET LOCAL statement_timeout = 0; SET LOCAL row_security = off`)
      await client.query(`DROP TABLE IF EXISTS ${name}`)
      await forgetKept(client, of.name)
      const { rowCount } = await client.query(`CREATE TABLE ${name} AS SELECT ${taken.map(asKept).join(', ')} FROM ${nameOf(table)}`)
      rows = rowCount ?? 0
      await recordKept(client, { ...of, how: 'copy', schema: table.schema, table: table.name, columns: columns ?? null, key: key ?? null })
    }),
  )
  return rows
}

function asKept({ name, isOfUser }: LiveColumn): string {
  return isOfUser ? `${quoteName(name)}::text AS ${quoteName(name)}` : quoteName(name)
}

/** Whether a table of this name is in the ledger's schema for another purpose. */
export async function isTaken(
  client: Client,
  name: string,
  { plan, step }: Pick<Kept, 'plan' | 'step'>,
  table: LiveTable,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
     AND NOT EXISTS (SELECT FROM expand_contract.kept k WHERE k.name = $2 AND k.plan = $3 AND k.step = $4 AND k.of_schema = $5 AND k.of_table = $6)`,
    [LEDGER_SCHEMA, name, plan, step, table.schema, table.name],
  )
  return (rowCount ?? 0) > 0
}
