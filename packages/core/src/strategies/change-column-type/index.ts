import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { type TypeGroup, tagOf, typeGroupOf } from '../../retype/group.ts'
import { obstacleTo } from '../../retype/obstacle.ts'
import { askConversion } from '../../retype/question.ts'
import { changeOf, lacksCast } from '../../retype/retyped.ts'
import { cantChange, fixOf, whatHangs } from '../../retype/words.ts'
import { actionOf, columnIn, displayColumn, isNewTable } from '../../sql/relation.ts'
import type { Outcome, Strategy } from '../../strategy.ts'
import { CHECKS, REWRITES, typeHazards } from './hazards.ts'
import { swapColumn } from './swap.ts'

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
  retypes: true,
  rewrite(statement, migration) {
    const group = typeGroupOf(statement, migration)
    if (group) return group.isShared && group.claims[0] === statement.index ? swapped(group, migration) : undefined
    const action = actionOf(statement, 'AT_AlterColumnType')
    if (!action || isNewTable(migration, action.table, statement.index)) return undefined
    const change = changeOf(statement, action, migration)
    const on = displayColumn(action.table, action.name)
    const base = { claims: [statement.index], line: statement.line }
    if (change?.effect === 'refused') {
      const [old, next] = [migration.before, migration.after].map((catalog) => columnIn(catalog, action.table, action.name))
      if (old && next && lacksCast(change, old)) {
        const why = 'PostgreSQL has no cast that it makes by itself, and the migration would stop there'
        return { ...base, hazards: [hazard(FAILS, on, statement)], ...askConversion(action.table, old, next, { why }) }
      }
      const reason = `PostgreSQL refuses this (${change.refused?.code}): ${change.refused?.reason}.`
      return { ...base, hazards: [hazard(FAILS, on, statement)], reason, fix: fixOf(change.refused?.code) }
    }
    if (columnIn(migration.at[statement.index] ?? migration.before, action.table, action.name)) {
      const hurts = change && (change.effect === 'rewrite' || whatHangs(change) !== undefined)
      return hurts
        ? { ...base, hazards: [hazard(change.effect === 'rewrite' ? REWRITES : CHECKS, on, statement)], ...notFollowed(on) }
        : undefined
    }
    const fix = 'Add the migrations that made it, then plan again.'
    return { ...base, hazards: [hazard(REWRITES, on, statement)], reason: `${on} is not known from the history.`, fix }
  },
}

/** The column is not there under this name both before and after the migration. */
function notFollowed(on: string) {
  return {
    reason: `${on} changes its type, and in the same migration it or its table is made, renamed or dropped: one of the two has to be through before the other begins.`,
    fix: 'Make two migrations of it: first the change of type, then the other change.',
  }
}

function swapped(group: TypeGroup, migration: Migration): Outcome {
  const hazards = typeHazards(group)
  const parts = []
  for (const column of group.columns) {
    const blocked = obstacleTo(column, migration, true)
    const part = blocked === undefined ? swapColumn(column, migration, tagOf(column, migration)) : { reason: blocked }
    if ('reason' in part) return { hazards, ...cantChange(group, column, part.reason) }
    parts.push(part)
  }
  return {
    claims: group.claims,
    hazards,
    expand: parts.flatMap((p) => p.expand),
    // What points goes before what is pointed at.
    contract: parts.toReversed().flatMap((p) => p.contract),
    expects: parts.flatMap((p) => p.expects),
    after: group.last,
  }
}
