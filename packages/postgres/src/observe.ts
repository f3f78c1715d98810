import { LOCK_MODES, type LockMode, lockStrength, quoteName, type TableLock } from '@expand-contract/core'
import type pg from 'pg'

/** A table or index as it was before a step. */
export interface Relation {
  readonly oid: string
  /** `"schema"."name"` */
  readonly key: string
  readonly name: string
  readonly isTable: boolean
  /** The file that holds it; another one means that it was rewritten. */
  readonly filenode: string
}

/** Tables and indexes by OID: names change inside a transaction, and a dropped relation's lock is still listed. */
export async function readRelations(client: pg.Client): Promise<Map<string, Relation>> {
  const { rows } = await client.query(
    `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind IN ('r', 'p', 'm') AS "isTable", c.relfilenode::text AS filenode
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'expand_contract')`,
  )
  return new Map(rows.map((r) => [r.oid, { ...r, key: `${quoteName(r.schema)}.${quoteName(r.name)}` }]))
}

/** Locks on known tables that a backend holds or waits for. `pid` undefined: the asking session itself. */
export async function readLocks(client: pg.Client, known: ReadonlyMap<string, Relation>, pid?: number): Promise<TableLock[]> {
  const { rows } = await client.query(
    `SELECT relation::text AS oid, mode FROM pg_locks WHERE locktype = 'relation' AND pid = coalesce($1, pg_backend_pid())
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [pid ?? null],
  )
  return rows.flatMap(({ oid, mode }): TableLock[] => {
    const relation = known.get(oid)
    return relation?.isTable ? [{ table: relation.key, mode: lockMode(mode) }] : []
  })
}

/** `ShareUpdateExclusiveLock` of pg_locks is `SHARE UPDATE EXCLUSIVE`. */
function lockMode(name: string): LockMode {
  const words = name.replace(/Lock$/, '').replaceAll(/(?!^)([A-Z])/g, ' $1')
  const mode = LOCK_MODES.find((m) => m === words.toUpperCase())
  if (!mode) throw new Error(`PostgreSQL holds a lock in a mode that is not known here: ${name}`)
  return mode
}

/** Relations whose file is another one than before. */
export async function rewritten(client: pg.Client, before: ReadonlyMap<string, Relation>): Promise<Relation[]> {
  const now = await readRelations(client)
  return [...before.values()].filter((r) => (now.get(r.oid)?.filenode ?? r.filenode) !== r.filenode)
}

/** Starts to collect what the server says about scans and rewrites; `take` returns and forgets what came so far. */
export async function listen(client: pg.Client): Promise<{ take: () => string[]; stop: () => Promise<void> }> {
  const messages: string[] = []
  const collect = (notice: { message?: string | undefined }) => messages.push(notice.message ?? '')
  client.on('notice', collect)
  await client.query('SET client_min_messages = debug1')
  // The words are matched below; only a superuser may choose the language, and only another language needs it.
  await client.query(`SET lc_messages = 'C'`).catch(() => undefined)
  messages.length = 0
  return {
    take: () => messages.splice(0),
    stop: async () => {
      await client.query('RESET client_min_messages')
      client.off('notice', collect)
    },
  }
}

/** Work over a whole table that the server reported: what, and the name of the table or constraint. */
export interface Scan {
  readonly what: string
  readonly table?: string
  readonly constraint?: string
}

const SCANS: readonly { pattern: RegExp; what: string; of: 'table' | 'constraint' }[] = [
  { pattern: /^rewriting table "(.+)"$/, what: 'rewrites the table', of: 'table' },
  { pattern: /^verifying table "(.+)"$/, what: 'scans the table', of: 'table' },
  { pattern: /^building index ".+" on table "(.+)"/, what: 'builds an index', of: 'table' },
  { pattern: /^validating foreign key constraint "(.+)"$/, what: 'scans the table for a foreign key', of: 'constraint' },
]

/** The scans among the server's debug messages. */
export function scansIn(messages: readonly string[]): Scan[] {
  return messages.flatMap((message): Scan[] =>
    SCANS.flatMap(({ pattern, what, of }) => {
      const name = pattern.exec(message)?.[1]
      return name === undefined ? [] : [of === 'table' ? { what, table: name } : { what, constraint: name }]
    }),
  )
}

/** True where the mode is stronger than the limit. */
export function isStronger(mode: LockMode, limit: LockMode): boolean {
  return lockStrength(mode) > lockStrength(limit)
}
