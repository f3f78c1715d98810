import type { Client } from 'pg'
import type { TableFacts } from './facts.ts'
import type { StepOf } from './in-ledger.ts'
import type { WalkName } from './walk.ts'

/** How far a backfill is, over all its workers. */
export interface FillProgress {
  /** 1: the first time through the table. */
  readonly pass: number
  readonly walk: WalkName
  /** From 0 to 1, of this pass. */
  readonly part: number
  /** Rows changed, in all passes. */
  readonly rows: number
}

/** From the ledger; undefined where the backfill was not begun. */
export async function readProgress(client: Client, { plan, step }: StepOf, facts: TableFacts): Promise<FillProgress | undefined> {
  const { rows } = await client.query<{ pass: number; walk: WalkName; seen: number; done: boolean; blocks: number | null; rows: number }>(
    `SELECT pass, min(walk) AS walk, sum(seen) AS seen, bool_and(done) AS done, max((upto ->> 0)::numeric / 2048) FILTER (WHERE walk <> 'keys')::float8 AS blocks,
       sum(sum(rows)) OVER ()::float8 AS rows
     FROM expand_contract.backfill_range WHERE plan = $1 AND step = $2 GROUP BY pass ORDER BY pass DESC LIMIT 1`,
    [plan, step],
  )
  const found = rows[0]
  if (!found) return undefined
  const of = found.blocks ?? facts.rows
  const part = found.done ? 1 : Math.min(0.99, of > 0 ? found.seen / of : 0)
  return { pass: found.pass, walk: found.walk, part, rows: found.rows }
}
