import type { Column } from '../../catalog/catalog.ts'
import { dependents } from '../../dependents.ts'
import { columnsOf } from '../../expression.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { Hazard, Refusal } from '../../plan.ts'
import { isOfRebuiltEnum } from '../../rebuilt-enum.ts'
import { actionOf, columnIn, displayColumn, isNewTable, type TableAction } from '../../relation.ts'
import type { Statement } from '../../statement.ts'
import type { Strategy } from '../../strategy.ts'
import { swapColumn } from './swap.ts'
import { isIntegerWidening, typeChangeCost } from './type-change.ts'

const REWRITES: HazardKind = {
  code: 'change-column-type-rewrites-table',
  harm: 'rewrite',
  lock: 'ACCESS EXCLUSIVE',
  why: 'the change copies the whole table and builds every index anew under ACCESS EXCLUSIVE: all reads and writes wait, several seconds for each million rows.',
  instead: 'A second column of the new type is filled in batches and kept in step; then the two swap their names in one short transaction.',
}

const CHECKS: HazardKind = {
  code: 'change-column-type-checks-dependents',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'the change itself is cheap, but a CHECK, a foreign key or an index expression on the column makes PostgreSQL scan or rebuild under ACCESS EXCLUSIVE.',
  instead: 'Not rewritten yet: drop what hangs on the column first, change the type, and build it again online.',
  refused: true,
}

/** ALTER COLUMN … TYPE: catalog-only changes pass; integers are widened by a parallel column and a swap; the rest is refused in words. */
export const strategy: Strategy = {
  id: 'change-column-type',
  summary: 'Changes a column’s type without rewriting the table under a lock.',
  hazards: [REWRITES, CHECKS],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_AlterColumnType')
    if (!action || isNewTable(migration, action.table) || isOfRebuiltEnum(statement, migration)) return undefined
    const catalog = migration.at[statement.index] ?? migration.before
    const old = columnIn(catalog, action.table, action.name)
    const next = columnIn(migration.at[statement.index + 1] ?? migration.after, action.table, action.name)
    const on = displayColumn(action.table, action.name)
    const hazards = [hazard(REWRITES, on, statement)]
    if (!old || !next)
      return refuse(statement, hazards, `${on} is not known from the history.`, 'Add the migrations that made it, then plan again.')
    const cost = usesOnlyCast(action, old) ? typeChangeCost(old.type, next.type) : 'rewrite'
    if (cost === 'none') return undefined
    if (cost === 'catalog') return dependentsBlock(action, migration) ? cheapButBlocked(statement, on) : undefined
    if (!isIntegerWidening(old.type, next.type) || !columnIn(migration.before, action.table, action.name))
      return unsupported(statement, hazards, on, old, next)
    const swapped = swapColumn(action, old, next, migration)
    if ('reason' in swapped) return refuse(statement, hazards, `${on} can't be changed online yet: ${swapped.reason}.`, fixOf(on))
    return { claims: [statement.index], hazards, ...swapped }
  },
}

function refuse(statement: Statement, hazards: readonly Hazard[], reason: string, fix: string): Refusal {
  return { claims: [statement.index], hazards, line: statement.line, reason, fix }
}

function unsupported(statement: Statement, hazards: readonly Hazard[], on: string, old: Column, next: Column): Refusal {
  return refuse(statement, hazards, `Changing ${on} from ${old.type} to ${next.type} is not rewritten yet.`, fixOf(on))
}

function fixOf(on: string): string {
  return `Add a column of the new type under a new name, move the code over, and drop ${on} in a later migration.`
}

function cheapButBlocked(statement: Statement, on: string): Refusal {
  return refuse(
    statement,
    [hazard(CHECKS, on, statement)],
    `Something hangs on ${on} that makes this cheap change scan or rebuild.`,
    'Drop it in a migration before this one, and add it again online in one after it.',
  )
}

/** No USING, or one that only names the column or casts it: Drizzle v1 always writes `USING "x"::type`. */
function usesOnlyCast(action: TableAction, old: Column): boolean {
  const using = action.def.raw_default
  if (!using) return true
  const inner = using.TypeCast?.arg ?? using
  return inner.ColumnRef?.fields?.at(-1)?.String?.sval === old.name
}

function dependentsBlock(action: TableAction, migration: Migration): boolean {
  const found = dependents(migration.before, action.table, action.name)
  const keyed = found.constraints.some((c) => c.kind !== 'unique' && c.kind !== 'primary')
  const expressions = found.indexes.some(
    (i) =>
      i.where !== undefined || i.keys.some((k) => k.expression !== undefined && (columnsOf(k.expression)?.includes(action.name) ?? true)),
  )
  return keyed || expressions || found.inbound.length > 0 || found.opaque.length > 0
}
