import { type AloneWork, quoteName } from '@expand-contract/core'
import type { Client } from 'pg'

/** Where a statement stands that can have no transaction: the database's own answer. */
export type State =
  | { readonly is: 'done' }
  | { readonly is: 'not done' }
  /** A try was killed half way: `sql` clears up what it left, outside a transaction. `finishes`: that is all that was left to do. */
  | { readonly is: 'half done'; readonly what: string; readonly sql: readonly string[]; readonly finishes: boolean }
  /** Another session is at it right now. */
  | { readonly is: 'under way'; readonly pid: number }

/** Looks where the work of a step outside a transaction stands. Of work that can be repeated nothing is known, and nothing need be. */
export function stateOf(client: Client, work: AloneWork): Promise<State> {
  if (work.kind === 'create index')
    return work.index === undefined ? Promise.resolve({ is: 'not done' }) : createdIndex(client, work.index, work.table)
  if (work.kind === 'drop index') return droppedIndex(client, work.index)
  if (work.kind === 'detach') return detached(client, work)
  return Promise.resolve({ is: 'not done' })
}

async function createdIndex(client: Client, index: string, table: string): Promise<State> {
  const { rows } = await client.query<{ name: string; valid: boolean; builder: number | null }>(
    `SELECT c.oid::regclass::text AS name, i.indisvalid AS valid, p.pid AS builder
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_stat_progress_create_index p ON p.index_relid = c.oid
     WHERE c.relname = $1 AND i.indrelid = to_regclass($2)`,
    [index, table],
  )
  const [found] = rows
  if (!found) return { is: 'not done' }
  if (found.valid) return { is: 'done' }
  if (found.builder !== null) return { is: 'under way', pid: found.builder }
  const sql = [`DROP INDEX CONCURRENTLY ${found.name}`]
  return { is: 'half done', what: `the invalid index ${quoteName(index)} that a broken-off build left`, sql, finishes: false }
}

async function droppedIndex(client: Client, index: string): Promise<State> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [index])
  // One that is only half dropped is dropped by the same statement.
  return { is: rows[0]?.there ? 'not done' : 'done' }
}

async function detached(client: Client, { table, partition }: { readonly table: string; readonly partition: string }): Promise<State> {
  const { rows } = await client.query<{ pending: boolean }>(
    'SELECT inhdetachpending AS pending FROM pg_inherits WHERE inhrelid = to_regclass($1) AND inhparent = to_regclass($2)',
    [partition, table],
  )
  const [found] = rows
  if (!found) return { is: 'done' }
  if (!found.pending) return { is: 'not done' }
  const sql = [`ALTER TABLE ${table} DETACH PARTITION ${partition} FINALIZE`]
  return { is: 'half done', what: `the partition ${partition}, half detached`, sql, finishes: true }
}
