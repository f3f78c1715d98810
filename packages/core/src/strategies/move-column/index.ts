import { type HazardKind, hazard } from '../../hazard.ts'
import { moveIntent, movesBetween } from '../../moves.ts'
import { actionOf, displayColumn, displayTable, isNewTable, namesTable } from '../../sql/relation.ts'
import type { Strategy } from '../../strategy.ts'
import { BREAKS } from '../drop-column/hazards.ts'
import { obstacle } from './obstacle.ts'
import { splitSteps } from './steps.ts'

const LOSES: HazardKind = {
  code: 'move-as-drop-loses-data',
  harm: 'data',
  why: 'the move to another table was written as DROP and ADD: every value of the column is lost.',
  instead: 'The rows of the other table are made in batches and follow the old column until it goes, in the contract.',
}

/** DROP COLUMN whose values a person says to move to a table that the same migration makes: that table follows, then the old columns go, and new code comes with that. */
export const strategy: Strategy = {
  id: 'move-column',
  summary: 'Moves columns to a table of their own, which follows until the contract.',
  hazards: [LOSES],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_DropColumn')
    const intent = action && moveIntent(migration, action.table, action.name)
    if (!action || !intent || isNewTable(migration, action.table, statement.index)) return undefined
    const into = [...migration.after.tables.keys()].find((key) => namesTable(intent.into, key))
    const moves = into === undefined ? [] : movesBetween(migration, action.table, into)
    // The first of the columns that move together answers for all.
    if (moves.length > 0 && moves[0]?.column !== action.name) return undefined
    const drops = migration.script.statements.filter((s) => {
      const other = actionOf(s, 'AT_DropColumn')
      return s === statement || (other?.table === action.table && moves.some((m) => m.column === other.name))
    })
    const hazards = drops.flatMap((s) => {
      const on = displayColumn(action.table, actionOf(s, 'AT_DropColumn')?.name ?? '')
      return [hazard(BREAKS, on, s), hazard(LOSES, on, s)]
    })
    const base = { claims: drops.map((s) => s.index), hazards, line: statement.line }
    if (into === undefined) {
      const reason = `After the migration there is no table ${intent.into} for ${displayColumn(action.table, action.name)} to move to.`
      return { ...base, reason, fix: `Name a table that is there: --move "${displayColumn(action.table, action.name)}=<table>.<column>".` }
    }
    const found = obstacle(moves, action.table, into, migration)
    if (found && 'why' in found) {
      return {
        ...base,
        reason: `${displayTable(action.table)}.${moves.map((m) => m.column).join(', ')} can't be moved to ${displayTable(into)} online: ${found.why}.`,
        fix: found.fix,
      }
    }
    if (found) return { ...base, ...found }
    const steps = splitSteps(moves, drops, migration)
    return { ...steps, claims: [...new Set([...base.claims, ...steps.claims])].sort((a, b) => a - b), hazards }
  },
}
