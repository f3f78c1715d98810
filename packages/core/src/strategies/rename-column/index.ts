import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { Hazard, Refusal } from '../../plan/plan.ts'
import { columnIn, displayColumn, displayTable, isNewTable } from '../../sql/relation.ts'
import type { Statement } from '../../sql/statement.ts'
import type { Strategy } from '../../strategy.ts'
import { intentFor } from '../../target.ts'
import { type Rename, renameOf } from './rename.ts'
import { moveColumn } from './steps.ts'

const BREAKS: HazardKind = {
  code: 'rename-column-breaks-old-code',
  harm: 'compatibility',
  lock: 'ACCESS EXCLUSIVE',
  why: 'code that is still running uses the old name: each of its queries fails (42703) from the moment it is gone.',
  instead: 'Both columns live side by side, kept in step by a trigger in both directions, until no code uses the old name.',
}

const LOSES: HazardKind = {
  code: 'rename-as-drop-loses-data',
  harm: 'data',
  why: 'the rename was written as DROP and ADD: every value of the column is lost.',
  instead: 'The values are copied in batches before the old column goes.',
}

/** RENAME COLUMN, or DROP + ADD that a person calls a rename: two columns in step, then the old one goes. Or no SQL at all, if the ORM maps the name. */
export const strategy: Strategy = {
  id: 'rename-column',
  summary: 'Renames a column while old and new code both run.',
  hazards: [BREAKS, LOSES],
  rewrite(statement, migration) {
    const rename = renameOf(statement, migration)
    if (!rename || isNewTable(migration, rename.key, statement.index) || intentFor(migration, 'unused', rename.key, rename.from))
      return undefined
    const on = displayColumn(rename.key, rename.from)
    const hazards = [hazard(BREAKS, on, statement), ...(rename.added ? [hazard(LOSES, on, statement)] : [])]
    if (rename.map) {
      const maps = [{ table: displayTable(rename.key), column: rename.from, to: rename.to }]
      return { claims: rename.claims, hazards, expand: [], contract: [], maps }
    }
    const refused = refusal(rename, statement, migration, hazards)
    if (refused) return refused
    const moved = moveColumn(rename, statement, migration)
    if ('reason' in moved) return cannot(rename, statement, hazards, moved.reason)
    const alternatives = [
      `Keep the column "${rename.from}" and let the ORM map it to the new name; nothing runs on the database: --map "${on}=${rename.to}"`,
    ]
    return { claims: rename.claims, hazards, alternatives, ...moved }
  },
}

function cannot(rename: Rename, statement: Statement, hazards: readonly Hazard[], reason: string): Refusal {
  const on = displayColumn(rename.key, rename.from)
  return {
    claims: rename.claims,
    hazards,
    line: statement.line,
    reason: `${on} can't be renamed online yet: ${reason}.`,
    fix: `Keep the column's name in the database and map it in the ORM: --map "${on}=${rename.to}".`,
  }
}

/** A rename moves one fact from one name to another: what changes the fact at the same time is asked to wait for its own migration. */
function refusal(rename: Rename, statement: Statement, migration: Migration, hazards: readonly Hazard[]): Refusal | undefined {
  const old = columnIn(migration.before, rename.key, rename.from)
  const next = columnIn(migration.after, rename.key, rename.to)
  if (!old || !next)
    return cannot(
      rename,
      statement,
      hazards,
      'the history does not show the column before and after, for the migration renames its table or changes it again',
    )
  if (old.identity || old.generated || old.default?.toLowerCase().startsWith('nextval'))
    return cannot(rename, statement, hazards, 'PostgreSQL itself fills the column (identity, sequence or generated)')
  const changes = [
    ...(old.type === next.type ? [] : [`its type from ${old.type} to ${next.type}`]),
    ...(old.notNull === next.notNull ? [] : [`whether it may be NULL`]),
  ]
  if (changes.length === 0) return undefined
  const on = displayColumn(rename.key, rename.from)
  return {
    claims: rename.claims,
    hazards,
    line: statement.line,
    reason: `The rename of ${on} to "${rename.to}" also changes ${changes.join(' and ')}.`,
    fix: 'Make two migrations of it: first the rename alone, then the other change.',
  }
}
