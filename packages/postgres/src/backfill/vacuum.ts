import { type Backfill, quoteText } from '@expand-contract/core'
import type { Client } from 'pg'
import type { Done } from './batch.ts'
import type { TableFacts } from './facts.ts'

/** Part of the table's rows whose old versions may lie about before they are cleared away: as autovacuum has it, which comes too late for a backfill that takes minutes. */
const PART = 0.2
/** Rows below which it is not worth a look at the indexes. */
const LEAST = 100_000

/** Counts old versions that nothing has made room for, over all workers of a process. */
export interface VacuumWatch {
  /** True once, for one worker, each time enough of them have gathered. */
  isDue(done: Pick<Done, 'hot' | 'updated' | 'progress'>): boolean
}

export function vacuumWatch({ deletes, into }: Pick<Backfill, 'deletes' | 'into'>, { rows }: Pick<TableFacts, 'rows'>): VacuumWatch {
  // What is deleted wants no room for new versions, and what is inserted leaves no old ones.
  const enough = deletes || into ? Number.POSITIVE_INFINITY : Math.max(LEAST, rows * PART)
  let dead = 0
  let seen = 0
  return {
    isDue({ hot, progress }) {
      // Versions on their own page are pruned by the next visit.
      dead += Math.max(0, progress.rows - hot)
      seen += progress.rows
      // What would be cleared behind the last rows serves nobody any more: autovacuum's time.
      if (dead < enough || seen > rows - enough) return false
      dead = 0
      return true
    },
  }
}

/**
 * Clears old versions away, so that the next rows find their room and the table does not grow by its whole size. Reads and writes go on; it goes gently, as autovacuum does, passes by where another
 * VACUUM is at work, and never gives space back to the system, which would take a lock that blocks. Not in a transaction.
 */
export async function clearAway(client: Client, { table }: Backfill): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT pg_has_role(relowner, 'USAGE') AS may FROM pg_class WHERE oid = ${quoteText(table)}::regclass`,
  )
  if (!rows[0]?.may) return
  await client.query('SET vacuum_cost_delay = 2')
  try {
    await client.query(`VACUUM (TRUNCATE FALSE, SKIP_LOCKED) ${table}`)
  } finally {
    await client.query('RESET vacuum_cost_delay')
  }
}
