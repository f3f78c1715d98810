import type { Client } from 'pg'
import { LEDGER_SCHEMA, versionOf } from '../ledger/index.ts'

/** The version of the ledger that has the table. */
const SINCE = 2

/** How what a step takes away is kept: copied before it, moved out of the way in its place, or by a named point in the archived WAL. */
export const KEEPS = ['copy', 'soft-drop', 'restore-point'] as const

export type Keep = (typeof KEEPS)[number]

/** What was set aside. */
export interface Kept {
  readonly plan: string
  readonly step: string
  readonly how: 'copy' | 'moved' | 'restore point'
  /** The table in the ledger's schema that holds it, or the name of the restore point; not quoted. */
  readonly name: string
  /** The table that it is of; null for a restore point. */
  readonly schema: string | null
  readonly table: string | null
  /** The columns that were dropped; null: the whole table was. */
  readonly columns: readonly string[] | null
  /** The columns that tell which row a value belongs to; null: it has none, and whole rows are kept. */
  readonly key: readonly string[] | null
}

export type KeptRow = Kept & { readonly id: string; readonly keptAt: Date }

/** What is kept of a plan, or of all plans, the newest first; nothing where the ledger is not there or older than such things. */
export async function readKept(client: Client, plan?: string): Promise<KeptRow[]> {
  if ((await versionOf(client)) < SINCE) return []
  const { rows } = await client.query<KeptRow>(
    `SELECT id::text, plan, step, how, name, of_schema AS schema, of_table AS table, columns, key, kept_at AS "keptAt"
     FROM expand_contract.kept WHERE $1::text IS NULL OR plan = $1 ORDER BY id DESC`,
    [plan ?? null],
  )
  return rows
}

export async function recordKept(client: Client, { plan, step, how, name, schema, table, columns, key }: Kept): Promise<void> {
  await client.query(
    'INSERT INTO expand_contract.kept (plan, step, how, name, of_schema, of_table, columns, key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
    [plan, step, how, name, schema, table, columns, key],
  )
}

/** In a transaction: it is gone, or about to be made anew. */
export async function forgetKept(client: Client, name: string): Promise<void> {
  await client.query('DELETE FROM expand_contract.kept WHERE name = $1', [name])
}

/** The bytes that a kept table takes; 0 where it is gone. */
export async function sizeOf(client: Client, name: string): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    `SELECT coalesce(pg_total_relation_size(c.oid), 0)::float8 AS bytes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [LEDGER_SCHEMA, name],
  )
  return rows[0]?.bytes ?? 0
}
