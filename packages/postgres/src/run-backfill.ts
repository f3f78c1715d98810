import { type Backfill, batchName, batchSql, quoteName } from '@expand-contract/core'
import type pg from 'pg'

interface BatchHooks {
  readonly afterStatement?: (client: pg.Client, sql: string) => Promise<void>
  readonly betweenBatches?: () => Promise<void>
}

/** Rows of a batch: few, so that a shadow table of some twenty rows is filled in several. */
const BATCH_ROWS = 6

/** Sweeps over the table: writers may move rows once behind the sweep, but code that keeps making rows that need it must not keep it going for ever. */
const MOST_SWEEPS = 4

/** Fills in batches until no row needs it or a sweep changes nothing; returns how many rows are left. Throws PostgreSQL's error. */
export async function runBackfill(client: pg.Client, step: Backfill, hooks: BatchHooks): Promise<number> {
  let left = 0
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    const changed = step.key.length > 0 ? await sweepByKey(client, step, hooks) : await sweepByPage(client, step, hooks)
    if (step.once) return 0
    const { rows } = await client.query(`SELECT count(*)::int AS left FROM ${step.table} WHERE ${step.where}`)
    left = rows[0]?.left as number
    if (left === 0 || changed === 0) return left
  }
  return left
}

async function sweepByKey(client: pg.Client, step: Backfill, hooks: BatchHooks): Promise<number> {
  const key = step.key.map(quoteName)
  const row = `(${key.join(', ')})`
  const own = `(${key.map((k) => `${batchName(step)}.${k}`).join(', ')})`
  const order = key.join(', ')
  const list = key.map((k) => `${k}::text`).join(', ')
  let after: string[] | undefined
  let changed = 0
  for (;;) {
    const from = after ? `${row} > ${places(after, 0)}` : 'true'
    const end = await client.query({
      text: `SELECT ${list} FROM ${step.list ?? step.table} WHERE ${from} ORDER BY ${order} OFFSET ${BATCH_ROWS - 1} LIMIT 1`,
      values: after ?? [],
      rowMode: 'array',
    })
    const to = end.rows[0] as string[] | undefined
    const start = after ? `${own} > ${places(after, 0)}` : 'true'
    const until = to ? `${own} <= ${places(to, after?.length ?? 0)}` : 'true'
    changed += await batch(client, step, `${start} AND ${until}`, [...(after ?? []), ...(to ?? [])], hooks)
    if (!to) return changed
    after = to
  }
}

async function sweepByPage(client: pg.Client, step: Backfill, hooks: BatchHooks): Promise<number> {
  const { rows } = await client.query(`SELECT (pg_relation_size(to_regclass($1)) / current_setting('block_size')::int)::int AS pages`, [
    step.table,
  ])
  let changed = 0
  for (let page = 0; page < (rows[0]?.pages as number); page++) {
    const own = `${batchName(step)}.ctid`
    changed += await batch(client, step, `${own} >= '(${page},0)'::tid AND ${own} < '(${page + 1},0)'::tid`, [], hooks)
  }
  return changed
}

async function batch(client: pg.Client, step: Backfill, range: string, values: string[], hooks: BatchHooks): Promise<number> {
  const sql = batchSql(step, range)
  await client.query('BEGIN')
  let changed = 0
  try {
    changed = (await client.query(sql, values)).rowCount ?? 0
    await hooks.afterStatement?.(client, sql)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
  await hooks.betweenBatches?.()
  return changed
}

function places(values: readonly string[], from: number): string {
  return `(${values.map((_, i) => `$${from + i + 1}`).join(', ')})`
}
