import { destroyedBy, type Step } from '@expand-contract/core'
import type { Client } from 'pg'
import { ROWS_PER_BLOCK } from '../backfill/facts.ts'
import type { Found } from './line.ts'
import { measuredRate } from './sample.ts'

/** Rows a second of a backfill where no sample can be measured, and of a scan that validates or builds an index: they only say whether it takes seconds, minutes or hours. */
const FILLED = 30_000
/** Bytes of WAL for each row that a backfill changes, and what its heap grows by at most, in parts of its size: as measured with four indexes. */
const WAL = 500
const GROWS = 0.5
/** Rows of the table `c`, by its size where it was never analysed. */
const ROWS_OF = `(CASE WHEN c.reltuples < 0 THEN pg_relation_size(c.oid) / current_setting('block_size')::int * ${ROWS_PER_BLOCK} ELSE c.reltuples END)`
const SCANNED = 500_000

interface Table {
  readonly name: string
  readonly isOurs: boolean
  readonly owner: string
  readonly bytes: number
  /** Bytes without indexes. */
  readonly heap: number
  readonly rows: number
}

/** What a deploy of these steps needs of their tables, how large they are and how long it may take. */
export async function stepLines(client: Client, steps: readonly Step[]): Promise<Found[]> {
  const lines: Found[] = []
  for (const step of steps) {
    const tables = await tablesOf(client, step)
    const [largest] = tables
    const foreign = tables.find((t) => step.kind === 'ddl' && !t.isOurs)
    const says = [
      ...tables.map((t) => `${t.name}: ${size(t.bytes)}, about ${t.rows.toLocaleString('en')} rows`),
      ...(await lasts(client, step, largest)),
      ...(await takesAway(client, step)),
    ].join('; ')
    const finding =
      foreign &&
      `${foreign.name} belongs to ${foreign.owner}, and only its owner may change it. As ${foreign.owner} run GRANT ${foreign.owner} TO <user>, or deploy as that user.`
    lines.push({ about: `step ${step.id}`, says, ...(finding && { finding }) })
  }
  return lines
}

/** Indexes that a broken-off build left. */
export async function indexLine(client: Client): Promise<Found> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT i.indexrelid::regclass::text AS name FROM pg_index i WHERE NOT i.indisvalid AND NOT EXISTS
       (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
     AND i.indrelid NOT IN (SELECT oid FROM pg_class WHERE relkind = 'p') ORDER BY 1`,
  )
  const about = 'invalid indexes'
  if (rows.length === 0) return { about, says: 'none' }
  const names = rows.map((r) => r.name)
  return {
    about,
    says: names.join(', '),
    finding: `They serve no query, but every write keeps them up, and a unique one refuses rows. One that a pending step builds is dropped and built again by deploy; of the others: DROP INDEX CONCURRENTLY ${names[0]};`,
  }
}

/** Whether the ledger is there, or could be made. Changes nothing. */
export async function ledgerLine(client: Client): Promise<Found> {
  const { rows } = await client.query<{ there: boolean; may: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'expand_contract') AS there, has_database_privilege(current_database(), 'CREATE') AS may`,
  )
  const about = 'ledger'
  if (rows[0]?.there) return { about, says: 'the schema expand_contract is there' }
  if (rows[0]?.may) return { about, says: 'not there yet; this user may make it' }
  return {
    about,
    says: 'not there, and this user may not make it',
    finding:
      'Without it a killed deploy could not go on. As the owner of the database run CREATE SCHEMA expand_contract AUTHORIZATION <user>;',
  }
}

async function tablesOf(client: Client, step: Step): Promise<Table[]> {
  const names = step.kind === 'ddl' ? step.locks.map((l) => l.table) : step.kind === 'backfill' ? [step.table] : []
  const { rows } = await client.query<Table>(
    `SELECT c.oid::regclass::text AS name, pg_has_role(c.relowner, 'USAGE') AS "isOurs", c.relowner::regrole::text AS owner,
       pg_total_relation_size(c.oid)::float8 AS bytes, pg_relation_size(c.oid)::float8 AS heap, ${ROWS_OF}::float8 AS rows
     FROM unnest($1::text[]) n JOIN pg_class c ON c.oid = to_regclass(n) ORDER BY c.reltuples DESC`,
    [names],
  )
  return rows
}

async function lasts(client: Client, step: Step, largest: Table | undefined): Promise<string[]> {
  const rows = largest?.rows ?? 0
  if (step.kind === 'check') return ['a query']
  if (step.kind === 'backfill') {
    const rate = rows > 0 ? await measuredRate(client, step) : undefined
    const at =
      rate === undefined
        ? ''
        : ` at about ${Number(rate.toPrecision(2)).toLocaleString('en')} rows a second, as some of its rows were changed in a copy just now`
    const disk = rows > 0 ? [`up to ${size((largest?.heap ?? 0) * GROWS)} more of disk and ${size(rows * WAL)} of WAL`] : []
    return [`${time(rows / (rate ?? FILLED))}, in short batches${at}`, ...disk]
  }
  // A step without a limit of time grows with its table, and holds nobody up meanwhile.
  return [step.statementTimeout === 0 ? `${time(rows / SCANNED)}, reads and writes go on` : 'milliseconds, once it has its locks']
}

/** What is gone after it, and what a copy of that takes. */
async function takesAway(client: Client, step: Step): Promise<string[]> {
  const said: string[] = []
  for (const { table, columns } of destroyedBy(step)) {
    const { rows } = await client.query<{ bytes: number }>(
      `SELECT (CASE WHEN $2::text[] IS NULL THEN pg_relation_size(c.oid) ELSE ${ROWS_OF} * (40 + coalesce((SELECT sum(s.avg_width) FROM pg_stats s
         WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = ANY ($2::text[])), 0)) END)::float8 AS bytes
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)`,
      [table, columns ?? null],
    )
    const what = columns ? `${columns.join(', ')} of ${table}` : `the table ${table}`
    said.push(`takes away ${what} for good, but for deploy --keep copy, which needs about ${size(rows[0]?.bytes ?? 0)}`)
  }
  return said
}

function time(seconds: number): string {
  if (seconds < 2) return 'a moment'
  if (seconds < 120) return `some ${Math.round(seconds)} s`
  return seconds < 7_200 ? `some ${Math.round(seconds / 60)} minutes` : `some ${Math.round(seconds / 3_600)} hours`
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
