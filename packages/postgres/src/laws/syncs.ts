import { displayTable, quoteName, type Sync } from '@expand-contract/core'
import type pg from 'pg'
import { show } from '../rows.ts'
import { describe } from '../run-steps.ts'

/** A sync as the database stands at one point: both columns are there. */
export interface LiveSync {
  readonly sync: Sync
  readonly key: string
  /** True once a trigger that the plan made keeps rows in step. */
  readonly isGuarded: boolean
  /** Rows in which the new side is not what the old side gives, and the other way round, as SQL conditions. */
  readonly upDiffers: string
  readonly downDiffers: string
}

/** The syncs whose two columns exist now. `triggers` are those that the table had before the plan. */
export async function liveSyncs(client: pg.Client, syncs: readonly Sync[], triggers: ReadonlySet<string>): Promise<LiveSync[]> {
  const live: LiveSync[] = []
  for (const sync of syncs) {
    const { rows } = await client.query(
      `SELECT n.nspname AS schema, c.relname AS name, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
        ARRAY(SELECT t.tgrelid::regclass::text || '.' || t.tgname FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) AS triggers
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.oid = to_regclass($1) AND a.attname = ANY($2) AND NOT a.attisdropped`,
      [sync.table, [sync.old, sync.new]],
    )
    const newSide = rows.find((r) => r.column === sync.new)
    const oldSide = sync.oldTable === undefined ? rows.find((r) => r.column === sync.old) : await columnOf(client, sync.oldTable, sync.old)
    if (!oldSide || !newSide) continue
    live.push({
      sync,
      key: `${quoteName(newSide.schema)}.${quoteName(newSide.name)}`,
      isGuarded: (newSide.triggers as string[]).some((t) => !triggers.has(t)),
      upDiffers: differ(sync.new, sync.up, newSide.type),
      downDiffers: differ(sync.old, sync.down, oldSide.type),
    })
  }
  return live
}

async function columnOf(client: pg.Client, table: string, column: string): Promise<{ type: string } | undefined> {
  const { rows } = await client.query(
    `SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped`,
    [table, column],
  )
  return rows[0]
}

/** Names of all triggers, as {@link liveSyncs} compares them. */
export async function triggerNames(client: pg.Client): Promise<Set<string>> {
  const { rows } = await client.query(`SELECT tgrelid::regclass::text || '.' || tgname AS name FROM pg_trigger WHERE NOT tgisinternal`)
  return new Set(rows.map((r) => r.name as string))
}

function differ(column: string, expression: string, type: string): string {
  return `${quoteName(column)}::text IS DISTINCT FROM CAST((${expression}) AS ${type})::text`
}

/** What is out of step among all rows, or among those that `where` names; undefined where nothing is. */
export async function outOfStep(
  client: pg.Client,
  { sync, key, upDiffers, downDiffers }: LiveSync,
  side: 'up' | 'down',
  where = 'true',
  values: readonly (string | null)[] = [],
): Promise<string | undefined> {
  const condition = side === 'up' ? upDiffers : downDiffers
  try {
    const { rows } = await client.query(
      `SELECT (${sync.oldTable === undefined ? quoteName(sync.old) : sync.up})::text AS old, ${quoteName(sync.new)}::text AS new, count(*) OVER ()::int AS n FROM ${key} WHERE ${where} AND ${condition} LIMIT 1`,
      [...values],
    )
    const [found] = rows
    if (!found) return undefined
    return `${displayTable(key)}: ${sync.old} and ${sync.new} are out of step in ${found.n} of the rows: ${sync.old} ${show(found.old)}, ${sync.new} ${show(found.new)}`
  } catch (error) {
    return `${displayTable(key)}: ${sync.old} and ${sync.new} can't be compared: ${describe(error)}`
  }
}
