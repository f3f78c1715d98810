import { hazard } from '../hazard.ts'
import type { Migration } from '../migration.ts'
import type { Refusal } from '../plan/plan.ts'
import type { Statement } from '../sql/statement.ts'
import { findingsIn } from './find.ts'

/** The refusal of a statement that no strategy claims and that is not known to be safe; undefined where it is safe and can be copied. */
export function unrewritten(statement: Statement, migration: Migration): Refusal | undefined {
  const found = findingsIn(statement, migration)
  if (found.length === 0) return undefined
  return {
    claims: [statement.index],
    hazards: found.map(({ kind, on }) => hazard(kind, on, statement)),
    line: statement.line,
    reason: found.map(({ kind, on }) => `${on}: ${kind.why}`).join(' '),
    fix: [...new Set(found.map(({ fix }) => fix))].join(' '),
  }
}
