import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { Hazard, Refusal } from '../../plan.ts'
import { actionOf, columnIn, displayColumn, isNewTable } from '../../relation.ts'
import { changeOf, type Retyped, type TypeGroup, typeGroupOf } from '../../retype/group.ts'
import { obstacleTo } from '../../retype/obstacle.ts'
import { holdsAll, readAlike } from '../../retype/reading.ts'
import { fixOf } from '../../retype/words.ts'
import type { Statement } from '../../statement.ts'
import type { Outcome, Strategy } from '../../strategy.ts'
import { swapColumn } from './swap.ts'

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
  why: 'the change itself is cheap, but a CHECK, a foreign key or an index on the column makes PostgreSQL scan, build an index anew or lock a second table, under ACCESS EXCLUSIVE.',
  instead: 'What hangs on the column is built a second time on a second column of the new type, online; then the two swap their names.',
}

const FAILS: HazardKind = {
  code: 'change-column-type-fails',
  harm: 'data',
  why: 'PostgreSQL refuses the change, and the migration stops there.',
  instead:
    'Change what stands in its way in the same migration: the default, the view, the trigger, the policy; or say with USING how old values become new ones.',
  refused: true,
}

/** ALTER COLUMN … TYPE: catalog-only changes pass; where both codes read the two types alike, a parallel column swaps names with the old one. */
export const strategy: Strategy = {
  id: 'change-column-type',
  summary: 'Changes a column’s type without rewriting the table under a lock.',
  hazards: [REWRITES, CHECKS, FAILS],
  rewrite(statement, migration) {
    const group = typeGroupOf(statement, migration)
    if (group) return group.claims[0] === statement.index ? changed(group, statement, migration) : undefined
    const action = actionOf(statement, 'AT_AlterColumnType')
    if (!action || isNewTable(migration, action.table, statement.index)) return undefined
    const change = changeOf(statement, action, migration)
    const on = displayColumn(action.table, action.name)
    if (change?.effect === 'refused') {
      const reason = `PostgreSQL refuses this (${change.refused?.code}): ${change.refused?.reason}.`
      return { ...refusal([statement.index], [hazard(FAILS, on, statement)], statement), reason, fix: fixOf(change.refused?.code) }
    }
    if (columnIn(migration.at[statement.index] ?? migration.before, action.table, action.name)) return undefined
    return {
      ...refusal([statement.index], [hazard(REWRITES, on, statement)], statement),
      reason: `${on} is not known from the history.`,
      fix: 'Add the migrations that made it, then plan again.',
    }
  },
}

function changed(group: TypeGroup, statement: Statement, migration: Migration): Outcome | undefined {
  const hazards = group.columns.map(({ change, table, name, statement: own }) =>
    hazard(change.effect === 'rewrite' ? REWRITES : CHECKS, displayColumn(table, name), own),
  )
  const line = Math.min(...group.columns.map((c) => c.statement.line))
  const base = { ...refusal(group.claims, hazards, statement), line }
  const cant = (c: Retyped, reason: string) => ({
    ...base,
    reason: `${displayColumn(c.table, c.name)} can't be changed online yet: ${reason}.`,
    fix: `Add a column of the new type under a new name, move the code over, and drop ${displayColumn(c.table, c.name)} in a later migration.`,
  })
  const other = group.columns.find((c) => !isSwappable(c))
  if (other) {
    const on = displayColumn(other.table, other.name)
    return { ...cant(other, ''), reason: `Changing ${on} from ${other.old.type} to ${other.next.type} is not rewritten yet.` }
  }
  const parts = []
  for (const column of group.columns) {
    const blocked = obstacleTo(column, migration)
    const shares = group.columns.some((c) => c !== column && c.table === column.table)
    const part = blocked === undefined ? swapColumn(column, migration, shares ? column.name : undefined) : { reason: blocked }
    if ('reason' in part) return cant(column, part.reason)
    parts.push(part)
  }
  return {
    claims: group.claims,
    hazards,
    expand: parts.flatMap((p) => p.expand),
    // What points goes before what is pointed at.
    contract: [...parts.toReversed().flatMap((p) => p.foreign), ...parts.toReversed().flatMap((p) => p.contract)],
    expects: parts.flatMap((p) => p.expects),
    after: group.last,
  }
}

/** Every old value has its place in the new type, and both codes read the two alike. */
function isSwappable({ old, next, using }: Retyped): boolean {
  return readAlike(old.type, next.type) && holdsAll(old.type, next.type) && using === undefined
}

function refusal(
  claims: readonly number[],
  hazards: readonly Hazard[],
  statement: Statement,
): Pick<Refusal, 'claims' | 'hazards' | 'line'> {
  return { claims, hazards, line: statement.line }
}
