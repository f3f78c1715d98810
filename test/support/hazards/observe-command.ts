import { displayTable, lockStrength, strongest, type TableLock } from '@expand-contract/core'
import type { Client } from 'pg'
import { runGated } from '../../../packages/postgres/src/laws/gate.ts'
import { type listen, type Relation, readLocks, readRelations, type Scan, scansIn } from '../../../packages/postgres/src/observe.ts'
import type { Deed } from './observed.ts'

/** A session in which commands are watched. */
export interface Watch {
  readonly client: Client
  /** Opens another session of the same database. */
  connect(): Promise<Client>
  /** What was there before the migration. */
  readonly known: ReadonlyMap<string, Relation>
  /** Those of them that are materialized views. */
  readonly materialized: ReadonlySet<string>
  readonly deeds: Deed[]
  /** What the server says of scans. */
  readonly messages: Messages
  /** The files of all relations behind the last command. */
  files: ReadonlyMap<string, Relation>
  /** Locks that the open transaction holds. */
  held: readonly TableLock[]
}

type Messages = Awaited<ReturnType<typeof listen>>

const NOTHING = { rewrites: [], indexes: [], scans: [], changes: new Map<string, number>() }

/** How a command runs: `gated` is outside a transaction, stopped where it waits for writers so that its locks can be read; beside a writer of the case it is not stopped. */
export type Running = 'in a transaction' | 'gated' | 'beside a writer'

/** Runs one command and adds what it did to the deeds. The error's code, or undefined; the transaction is then rolled back. */
export async function runCommand(watch: Watch, sql: string, command: number, running: Running): Promise<string | undefined> {
  const alone = running !== 'in a transaction'
  const { client, known } = watch
  const counts = alone ? undefined : await readCounts(client)
  let error: string | undefined
  let gated: readonly TableLock[] = []
  try {
    if (running === 'gated') gated = await locksAtTheGate(watch, sql)
    else await client.query(sql)
  } catch (e) {
    error = codeOf(e)
  }
  if (error !== undefined && !alone) await client.query('ROLLBACK')
  const said = scansIn(watch.messages.take())
  const held = error !== undefined ? [] : alone ? gated : await readLocks(client, known)
  const notable = strongest(held).filter((l) => isNotable(l, watch.materialized))
  const locks = notable.filter((l) => !watch.held.some((h) => h.table === l.table && h.mode === l.mode))
  // Counts are those of a transaction: a command outside one has ended its own.
  const work = error === undefined ? await workOf(watch, counts, said) : NOTHING
  watch.held = notable
  watch.deeds.push({ command, ...work, locks, held: notable, ...(error !== undefined && { error }) })
  return error
}

/** A lock that stops others from writing, and on a materialized view, which nobody writes, from reading. */
function isNotable({ table, mode }: TableLock, materialized: ReadonlySet<string>): boolean {
  return lockStrength(mode) >= lockStrength(materialized.has(table) ? 'ACCESS EXCLUSIVE' : 'ROW EXCLUSIVE')
}

/** SQLSTATE of a server's error; any other error goes on. */
export function codeOf(error: unknown): string {
  const { code } = error as { code?: string }
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) throw error
  return code
}

async function locksAtTheGate(watch: Watch, sql: string): Promise<TableLock[]> {
  const opened: Client[] = []
  const connect = async (): Promise<Client> => {
    const client = await watch.connect()
    opened.push(client)
    return client
  }
  const tables = [...watch.known.values()].filter((r) => r.isTable && !watch.materialized.has(r.key)).map((r) => r.key)
  try {
    return (await runGated({ connect }, watch.client, sql, tables, (observer, pid) => readLocks(observer, watch.known, pid))) ?? []
  } finally {
    for (const client of opened) await client.end()
  }
}

interface Counts {
  readonly scans: number
  readonly changes: number
}

/** Sequential scans and changed rows of the open transaction, by table's OID. */
async function readCounts(client: Client): Promise<Map<string, Counts>> {
  const { rows } = await client.query(
    `SELECT c.oid::text AS oid, pg_stat_get_xact_numscans(c.oid)::int AS scans,
       (pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid))::int AS changes
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  )
  return new Map(rows.map((r) => [r.oid, r]))
}

async function workOf(watch: Watch, counts: ReadonlyMap<string, Counts> | undefined, said: readonly Scan[]) {
  const { client, known, files } = watch
  const tables = [...known.values()].filter((r) => r.isTable)
  const now = await readRelations(client)
  watch.files = now
  const after = counts && (await readCounts(client))
  const more = (oid: string, what: keyof Counts): number => (after?.get(oid)?.[what] ?? 0) - (counts?.get(oid)?.[what] ?? 0)
  const names = (found: readonly Relation[]): string[] => found.map((r) => displayTable(r.key)).sort()
  // A table that was dropped and made again is another one.
  const told = (what: string): Relation[] => tables.filter((r) => now.has(r.oid) && said.some((s) => s.what === what && s.table === r.name))
  const rewrites = tables.filter((r) => now.has(r.oid) && now.get(r.oid)?.filenode !== files.get(r.oid)?.filenode)
  const indexes = told('builds an index').filter((r) => !rewrites.includes(r))
  const keys = said.flatMap((s) => s.constraint ?? [])
  // The server joins the two tables of a foreign key as it likes: the child is what it has to read.
  const read = keys.length > 0 ? await childrenOf(client, keys, known) : tables.filter((r) => more(r.oid, 'scans') > 0)
  const scans = [...new Set([...told('scans the table'), ...read])].filter((r) => !rewrites.includes(r) && !indexes.includes(r))
  const changes = new Map(tables.flatMap((r) => (more(r.oid, 'changes') > 0 ? [[displayTable(r.key), more(r.oid, 'changes')]] : [])))
  return { rewrites: names(rewrites), indexes: names(indexes), scans: names(scans), changes }
}

async function childrenOf(client: Client, constraints: readonly string[], known: ReadonlyMap<string, Relation>): Promise<Relation[]> {
  const { rows } = await client.query(
    `SELECT DISTINCT conrelid::text AS oid FROM pg_constraint WHERE contype = 'f' AND conname = ANY ($1)`,
    [constraints],
  )
  return rows.flatMap(({ oid }) => known.get(oid) ?? [])
}
