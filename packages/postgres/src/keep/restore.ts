import { type Backfill, quoteName, UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import { notDone, runBackfill } from '../backfill/backfill.ts'
import { inMemory } from '../backfill/checkpoint.ts'
import { oneConnection, openLine } from '../backfill/connections.ts'
import { openGate } from '../backfill/gate.ts'
import { DEFAULT_LIMITS } from '../backfill/throttle.ts'
import { LEDGER_SCHEMA } from '../ledger/index.ts'
import { describe } from '../run-steps.ts'
import type { KeptRow } from './kept.ts'
import { type LiveTable, nameOf, readTable } from './table.ts'

/** What became of one thing that was kept. */
export interface Restored {
  readonly kept: KeptRow
  /** Rows that got their values, or came back. */
  readonly rows: number
  /** Why not all of it is back, and what to do. */
  readonly reason?: string
}

/** Blocks of a kept table whose rows come back in one transaction. */
const BLOCKS = 100

/**
 * Brings back what is kept, where the database has a place for it again: values into a column that is there again, row by row of the key; rows into a table that is there again. Values that
 * are there already stay, unless `overwrite`. Short batches, and it can be run again.
 */
export async function restoreKept(client: Client, watcher: Client, kept: KeptRow, overwrite: boolean): Promise<Restored> {
  if (kept.how === 'restore point')
    return {
      kept,
      rows: 0,
      reason: `it is a point in the archived WAL: restore the database elsewhere to recovery_target_name = '${kept.name}'`,
    }
  const target = await readTable(client, nameOf({ schema: kept.schema ?? '', name: kept.table ?? '' }))
  const source = await readTable(client, nameOf({ schema: LEDGER_SCHEMA, name: kept.name }))
  if (!source) return { kept, rows: 0, reason: `${LEDGER_SCHEMA}.${quoteName(kept.name)} is gone` }
  const what = kept.columns ? 'columns' : 'table'
  const there = target && (kept.columns ?? source.columns.map((c) => c.name)).filter((name) => target.columns.some((c) => c.name === name))
  if (!target || !there || there.length === 0) {
    return {
      kept,
      rows: 0,
      reason: `the ${what} must be there again first: put it back into the schema, let the ORM write the migration, deploy it, and run this again`,
    }
  }
  if (!kept.columns) return { kept, rows: await rowsBack(client, source, target, there) }
  if (!kept.key)
    return {
      kept,
      rows: 0,
      reason: `${nameOf(target)} had no key, so which value belongs to which row is for you to say: its rows are in ${nameOf(source)}`,
    }
  const step = stepOf(kept, kept.key, source, target, there, overwrite)
  const gate = await openGate({
    line: await openLine(oneConnection(watcher)),
    step,
    of: { plan: kept.plan, step: step.id },
    limits: DEFAULT_LIMITS,
  })
  try {
    const result = await runBackfill(step, { connections: oneConnection(client), checkpoint: inMemory(), walk: 'keys', gate: gate.pass })
    const reason = notDone(result)
    return { kept, rows: result.changed, ...(reason !== undefined && { reason }) }
  } finally {
    await gate.close()
  }
}

function stepOf(
  kept: KeptRow,
  key: readonly string[],
  source: LiveTable,
  target: LiveTable,
  columns: readonly string[],
  overwrite: boolean,
): Backfill {
  const of = (name: string): string => `ec_kept.${quoteName(name)}`
  const own = (name: string): string => `${nameOf(target)}.${quoteName(name)}`
  const value = (name: string): string => cast(of(name), name, source, target)
  // By their text: there are types without equality.
  const differs = (name: string): string =>
    overwrite ? `${own(name)}::text IS DISTINCT FROM ${value(name)}::text` : `${own(name)} IS NULL AND ${of(name)} IS NOT NULL`
  return {
    kind: 'backfill',
    id: `restore-${kept.name}`,
    title: `Restore ${columns.join(', ')}`,
    why: 'The values are those that the column had.',
    undo: { none: 'They are kept.' },
    table: nameOf(target),
    from: `${nameOf(source)} AS ec_kept`,
    key,
    set: columns.map((column) => ({ column, expression: overwrite ? value(column) : `coalesce(${own(column)}, ${value(column)})` })),
    where: `${key.map((name) => `${cast(of(name), name, source, target)} = ${own(name)}`).join(' AND ')} AND (${columns.map(differs).join(' OR ')})`,
  }
}

/** A value of a user's type was kept as text. */
function cast(value: string, column: string, source: LiveTable, target: LiveTable): string {
  const [from, to] = [source, target].map(({ columns }) => columns.find((c) => c.name === column)?.type)
  return from === to ? value : `${value}::${to}`
}

async function rowsBack(client: Client, source: LiveTable, target: LiveTable, names: readonly string[]): Promise<number> {
  const columns = names.filter((name) => !target.columns.find((c) => c.name === name)?.isGenerated)
  const insert = `INSERT INTO ${nameOf(target)} (${columns.map(quoteName).join(', ')}) OVERRIDING SYSTEM VALUE
    SELECT ${columns.map((name) => cast(quoteName(name), name, source, target)).join(', ')} FROM ${nameOf(source)}
    WHERE ctid >= $1::tid AND ctid < $2::tid ON CONFLICT DO NOTHING`
  const { rows: size } = await client.query<{ blocks: number }>(
    `SELECT (pg_relation_size($1::oid) / current_setting('block_size')::int)::int AS blocks`,
    [source.oid],
  )
  let back = 0
  for (let block = 0; block < (size[0]?.blocks ?? 0); block += BLOCKS) {
    const { rowCount } = await client.query(insert, [`(${block},0)`, `(${block + BLOCKS},0)`]).catch((error) => {
      throw new UserError(
        `The rows of ${nameOf(target)} do not all go back: ${describe(error)}. Those before them are back, and none comes twice. Correct what is in the way (their values are in ${nameOf(source)}), then run the same command again.`,
        { cause: error },
      )
    })
    back += rowCount ?? 0
  }
  await sequencesOn(client, target, columns)
  return back
}

/** A sequence goes on behind the numbers that came back, or the next row would get one of them. */
async function sequencesOn(client: Client, target: LiveTable, columns: readonly string[]): Promise<void> {
  for (const name of columns) {
    const { rows } = await client.query<{ sequence: string | null }>('SELECT pg_get_serial_sequence($1, $2) AS sequence', [
      nameOf(target),
      name,
    ])
    const sequence = rows[0]?.sequence
    if (!sequence) continue
    await client.query(
      `SELECT setval($1::regclass, m.most) FROM (SELECT max(${quoteName(name)})::bigint AS most FROM ${nameOf(target)}) m
       WHERE m.most > coalesce(pg_sequence_last_value($1::regclass), 0)`,
      [sequence],
    )
  }
}
