import type { Client } from 'pg'
import { READABLE } from './batch.ts'
import type { Checkpoint, Claim, Pass, PassState, RefusedRow } from './checkpoint.ts'

/** A backfill step of a plan. */
export interface StepOf {
  /** Id of the plan. */
  readonly plan: string
  /** Id of the step. */
  readonly step: string
}

/** Checkpoints in the ledger, which must be there: any number of workers on any number of machines, each of which may die at any moment. */
export function inLedger({ plan, step }: StepOf): Checkpoint {
  return {
    async latest(client) {
      const { rows } = await client.query<Pass & PassState>(
        `SELECT pass AS number, min(walk) AS walk, bool_and(done) AS "isDone", sum(rows)::float8 AS rows
         FROM expand_contract.backfill_range WHERE plan = $1 AND step = $2 GROUP BY pass ORDER BY pass DESC LIMIT 1`,
        [plan, step],
      )
      return rows[0]
    },

    async open(client, { number, walk }, make) {
      await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${READABLE}`)
      try {
        // Who comes second waits here for the ranges of the first, and takes them.
        await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`expand-contract backfill ${plan}/${step}`])
        const known = await client.query('SELECT FROM expand_contract.backfill_range WHERE plan = $1 AND step = $2 AND pass = $3 LIMIT 1', [
          plan,
          step,
          number,
        ])
        if (known.rowCount === 0) {
          const ranges = await make()
          // An empty table has one range, which is done: the pass is known to have been made.
          const rows = ranges.length > 0 ? ranges.map((r) => ({ ...r, done: false })) : [{ at: null, upto: null, done: true }]
          await client.query(
            `INSERT INTO expand_contract.backfill_range (plan, step, pass, walk, number, at, upto, done)
             SELECT $1, $2, $3, $4, ordinality, range -> 'at', range -> 'upto', (range -> 'done')::boolean
             FROM jsonb_array_elements($5::jsonb) WITH ORDINALITY AS r (range, ordinality)`,
            [plan, step, number, walk, JSON.stringify(rows)],
          )
        }
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined)
        throw error
      }
    },

    async claim(client, pass) {
      const key = [plan, step, pass.number]
      const { rows } = await client.query<Claim>(
        `SELECT number, at, upto FROM expand_contract.backfill_range WHERE plan = $1 AND step = $2 AND pass = $3 AND NOT done
         ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED`,
        key,
      )
      if (rows[0]) return rows[0]
      const left = await client.query(
        'SELECT FROM expand_contract.backfill_range WHERE plan = $1 AND step = $2 AND pass = $3 AND NOT done LIMIT 1',
        key,
      )
      return left.rowCount === 0 ? 'done' : 'busy'
    },

    async write(client, pass, claim, { next, isDone, seen, rows }) {
      await client.query(
        `UPDATE expand_contract.backfill_range SET at = $5, done = $6, seen = seen + $7, rows = rows + $8, changed_by = pg_backend_pid(),
         changed_at = clock_timestamp() WHERE plan = $1 AND step = $2 AND pass = $3 AND number = $4`,
        [plan, step, pass.number, claim.number, JSON.stringify(next), isDone, seen, rows],
      )
    },

    committed() {},

    async refuse(client, { row, reason }) {
      await client.query(
        `INSERT INTO expand_contract.backfill_refused (plan, step, row_key, reason) VALUES ($1, $2, $3, $4)
         ON CONFLICT (plan, step, row_key) DO UPDATE SET reason = excluded.reason, refused_at = clock_timestamp()`,
        [plan, step, JSON.stringify(row), reason],
      )
    },

    async refused(client) {
      const { rows } = await client.query<RefusedRow>(
        'SELECT row_key AS row, reason FROM expand_contract.backfill_refused WHERE plan = $1 AND step = $2 ORDER BY refused_at, row_key',
        [plan, step],
      )
      return rows
    },

    async accept(client, row) {
      await client.query('DELETE FROM expand_contract.backfill_refused WHERE plan = $1 AND step = $2 AND row_key = $3', [
        plan,
        step,
        JSON.stringify(row),
      ])
    },
  }
}

/** Forgets where a backfill stands: call it where its step is taken back, or what was filled is gone. */
export async function forgetBackfill(client: Client, { plan, step }: StepOf): Promise<void> {
  for (const table of ['backfill_range', 'backfill_refused', 'backfill'])
    await client.query(`DELETE FROM expand_contract.${table} WHERE plan = $1 AND step = $2`, [plan, step])
}
