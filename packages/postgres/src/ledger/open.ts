import { UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import { codeOf } from '../connection.ts'
import { LEDGER_SCHEMA, VERSIONS } from './versions.ts'

/** Advisory lock, held for one transaction, under which the ledger is made and upgraded. */
const OPENING = 7_202_611_241

/**
 * Makes the ledger or brings it to this version. Does nothing, and locks nothing, where it is there; two that open it at once make it once. Not inside a
 * transaction. Throws {@link UserError} where the user may not make it, and where a newer expand-contract did.
 */
export async function openLedger(client: Client): Promise<void> {
  if ((await versionOf(client)) === VERSIONS.length) return
  await client.query('BEGIN')
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [OPENING])
    await upgrade(client, await versionOf(client))
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw codeOf(error) === '42501' ? notAllowed() : error
  }
}

/** The version of the ledger in a database; 0 where there is none. Throws {@link UserError} for one that is newer than this tool, or that may not be read. */
export async function versionOf(client: Client): Promise<number> {
  if (!(await isThere(client, `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'version' AND`))) return 0
  const { rows } = await client
    .query<{ version: number }>('SELECT coalesce(max(number), 0) AS version FROM expand_contract.version')
    .catch((error) => {
      throw codeOf(error) === '42501' ? notAllowed() : error
    })
  const version = rows[0]?.version ?? 0
  if (version <= VERSIONS.length) return version
  throw new UserError(
    `The ledger in this database (schema ${LEDGER_SCHEMA}) is of version ${version}, written by a newer expand-contract; this one knows up to ${VERSIONS.length} and would misread it. Run: npm install expand-contract@latest`,
  )
}

/** Asks the tables themselves: `to_regclass` and `IF NOT EXISTS` answer from a cache, and the latter asks for the right to make one that is there. */
async function isThere(client: Client, from: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(`SELECT EXISTS (SELECT FROM ${from} n.nspname = $1) AS there`, [LEDGER_SCHEMA])
  return rows[0]?.there === true
}

async function upgrade(client: Client, from: number): Promise<void> {
  if (from === 0) {
    // A schema that somebody made beforehand, to grant it, is kept.
    if (!(await isThere(client, 'pg_namespace n WHERE'))) await client.query(`CREATE SCHEMA ${LEDGER_SCHEMA}`)
    await client.query(
      `CREATE TABLE expand_contract.version (number integer PRIMARY KEY, reached_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
    )
  }
  for (const [i, statements] of VERSIONS.entries()) {
    if (i < from) continue
    for (const sql of statements) await client.query(sql)
    await client.query('INSERT INTO expand_contract.version (number) VALUES ($1)', [i + 1])
  }
}

function notAllowed(): UserError {
  return new UserError(
    `The user of the database URL may not keep the ledger, the record of which step has run: without it a killed deploy can't be resumed. As the owner of the database run\n  CREATE SCHEMA ${LEDGER_SCHEMA} AUTHORIZATION <user>;`,
  )
}
