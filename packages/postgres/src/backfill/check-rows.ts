import { type Backfill, type Plan, quoteName } from '@expand-contract/core'
import type { Client } from 'pg'
import { blockWalk } from './block-walk.ts'
import { readFacts } from './facts.ts'
import { keyWalk } from './key-walk.ts'

/** Ranges in which a table is compared, and keys that are listed at most. */
const PARTS = 48
const MOST_KEYS = 100

/** The two sides of a backfill, compared. */
export interface RowsChecked {
  readonly rows: number
  /** Rows whose sides differ, or that still meet the step's condition where nothing keeps two columns in step. */
  readonly different: number
  /** Their keys (or places in the table), the first ones. */
  readonly keys: readonly (readonly string[])[]
  /** Ranges that were compared. */
  readonly ranges: number
  /** Over all rows, of the column that is filled from and of the one that is filled: equal where both are. Absent where nothing keeps the two in step. */
  readonly checksums?: { readonly from: string; readonly to: string }
}

/**
 * Compares what is filled with what it is filled from, range by range, each in one snapshot, while the application writes: a difference is one at that moment. Running
 * the backfill again repairs it. Reads only.
 */
export async function checkRows(client: Client, plan: Plan, step: Backfill): Promise<RowsChecked> {
  const walk = step.key.length > 0 ? keyWalk(step) : blockWalk(step, 'blocks')
  const facts = await readFacts(client, step)
  const source = `${step.table}${step.alias === undefined ? '' : ` AS ${step.alias}`}`
  const sync = plan.syncs.find(({ table, new: to }) => table === step.table && step.set.some(({ column }) => column === to))
  const sum = (side: string): string => `coalesce(sum(coalesce(hashtextextended((${side})::text, 0), 1)), 0)::text`
  const sums = sync ? `${sum(sync.up)} AS "from", ${sum(quoteName(sync.new))} AS "to"` : `'0' AS "from", '0' AS "to"`
  const row = step.key.length > 0 ? step.key.map((k) => `${quoteName(k)}::text`).join(', ') : 'ctid::text'
  const ranges = await walk.ranges(client, facts, PARTS)
  const keys: string[][] = []
  let [rows, different, from, to] = [0, 0, 0n, 0n]
  for (const range of ranges) {
    const { condition, values } = await walk.window(client, range, { size: Number.MAX_SAFE_INTEGER, retries: true, visits: 1 })
    const found = await client.query<{ rows: number; from: string; to: string; different: number; keys: string[][] | null }>(
      `SELECT count(*)::float8 AS rows, ${sums}, count(*) FILTER (WHERE ${step.where}\n)::float8 AS different,
         (array_agg(ARRAY[${row}]) FILTER (WHERE ${step.where}\n))[1:${MOST_KEYS}] AS keys
       FROM ${source} WHERE ${condition}`,
      [...values],
    )
    const [one] = found.rows
    if (!one) continue
    rows += one.rows
    different += one.different
    from += BigInt(one.from)
    to += BigInt(one.to)
    keys.push(...(one.keys ?? []).slice(0, MOST_KEYS - keys.length))
  }
  const checksums = sync && { from: String(from), to: String(to) }
  return { rows, different, keys, ranges: ranges.length, ...(checksums && { checksums }) }
}
