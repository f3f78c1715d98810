import { type Destroyed, destroyedBy, objectName, type Plan, type Step, UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import type { Session } from '../deploy/session.ts'
import { describe } from '../run-steps.ts'
import { copyAway, isTaken } from './copy.ts'
import { type Keep, type Kept, recordKept } from './kept.ts'
import { canMove, movingSql } from './move.ts'
import { type LiveTable, nameOf, readTable } from './table.ts'

/** What a deploy keeps. */
export interface KeepWish {
  readonly how: Keep
  /** Columns that live on in another one of the same table. */
  readonly syncs: Plan['syncs']
}

/** What of a step is done otherwise, because something is kept. */
export interface Instead {
  /** By the position of the statement. */
  readonly sql: ReadonlyMap<number, readonly string[]>
  /** For the ledger, in the step's transaction. */
  readonly moved: readonly Kept[]
}

const NOTHING: Instead = { sql: new Map(), moved: [] }

/**
 * Sets aside what a step will take away, before its transaction, or says what to do in it instead. Throws {@link UserError} where it can't be kept as it was wished: then nothing is
 * taken away either.
 */
export async function keepBefore(session: Session, { plan, step }: { readonly plan: string; readonly step: Step }): Promise<Instead> {
  const { client, keep } = session
  if (!keep) return NOTHING
  const destroyed = destroyedBy(step).filter((d) => !livesOn(d, keep.syncs))
  if (destroyed.length === 0) return NOTHING
  if (keep.how === 'restore-point') {
    await restorePoint(session, { plan, step: step.id })
    return NOTHING
  }
  const sql = new Map<number, readonly string[]>()
  const moved: Kept[] = []
  for (const each of byTable(destroyed)) {
    const table = await readTable(client, each.table)
    if (!table) continue
    const of = { plan, step: step.id }
    const isOnly = destroyed.filter(({ at }) => at === each.at).length === 1
    if (keep.how === 'soft-drop' && isOnly && (await canMove(client, table, each))) {
      const name = await freeName(client, '_deprecated', of, table)
      sql.set(each.at, await movingSql(client, table, name))
      moved.push({ ...of, how: 'moved', name, schema: table.schema, table: table.name, columns: null, key: null })
      session.onEvent({ kind: 'kept', what: whatOf(table, each), where: name, rows: undefined })
      continue
    }
    const name = await freeName(client, '_backup', of, table)
    const rows = await copyAway(session, { ...of, name }, table, each)
    session.onEvent({ kind: 'kept', what: whatOf(table, each), where: name, rows })
  }
  return { sql, moved }
}

/** What one step takes away of one table goes into one copy. */
function byTable(destroyed: readonly Destroyed[]): Destroyed[] {
  const tables = new Map<string, Destroyed>()
  for (const each of destroyed) {
    const before = tables.get(each.table)
    const columns = before?.columns && each.columns ? [...before.columns, ...each.columns] : undefined
    const { columns: _, ...whole } = each
    tables.set(each.table, before ? { ...whole, ...(columns && { columns }) } : each)
  }
  return [...tables.values()]
}

/** A renamed column: its values are in the new one. */
function livesOn({ table, columns }: Destroyed, syncs: Plan['syncs']): boolean {
  const isCopy = (column: string): boolean =>
    syncs.some((s) => s.table === table && s.old === column && s.new !== column && isColumn(s.up, s.old) && isColumn(s.down, s.new))
  return columns?.every(isCopy) === true
}

function isColumn(expression: string, name: string): boolean {
  return expression === name || expression === `"${name.replaceAll('"', '""')}"`
}

async function freeName(client: Client, prefix: string, { plan, step }: Pick<Kept, 'plan' | 'step'>, table: LiveTable): Promise<string> {
  const name = objectName(prefix, table.name, plan)
  return (await isTaken(client, name, { plan, step }, table)) ? objectName(prefix, table.schema, table.name, plan, step) : name
}

function whatOf(table: LiveTable, { columns }: Destroyed): string {
  return columns ? `${columns.join(', ')} of ${nameOf(table)}` : nameOf(table)
}

async function restorePoint({ client, onEvent }: Session, of: Pick<Kept, 'plan' | 'step'>): Promise<void> {
  const name = objectName('before', of.plan, of.step)
  const { rows } = await client.query<{ archives: boolean }>(`SELECT current_setting('archive_mode') <> 'off' AS archives`)
  if (!rows[0]?.archives) {
    throw new UserError(
      'A restore point was asked for, but this server archives no WAL (archive_mode is off), so no restore could go to it. Nothing was taken away. Keep a copy instead: npx expand-contract deploy --keep copy',
    )
  }
  await client.query('SELECT pg_create_restore_point($1)', [name]).catch((error) => {
    throw new UserError(
      `The restore point could not be made: ${describe(error)}. Nothing was taken away. Let a superuser run GRANT EXECUTE ON FUNCTION pg_create_restore_point TO <user>, or keep a copy instead: npx expand-contract deploy --keep copy`,
      { cause: error },
    )
  })
  await recordKept(client, { ...of, how: 'restore point', name, schema: null, table: null, columns: null, key: null })
  onEvent({ kind: 'kept', what: 'the moment before this step', where: name, rows: undefined })
}
