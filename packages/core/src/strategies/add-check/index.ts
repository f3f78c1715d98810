import { constraintAfter } from '../../added-constraint.ts'
import type { Constraint } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep } from '../../plan/plan.ts'
import { addedColumns, renameTargets } from '../../renames.ts'
import { actionOf, displayTable, isNewTable, type TableAction } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { validateStep } from '../../steps/not-null.ts'
import { check, ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { targetOf } from '../../target.ts'

const SCANS: HazardKind = {
  code: 'add-check-scans-table',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'ADD CHECK reads the whole table under ACCESS EXCLUSIVE: every query waits, about half a second for each million rows; it fails if one row breaks the rule.',
  instead:
    'The check is added NOT VALID, which looks at new rows only, and validated in a transaction of its own, while reads and writes go on.',
}

const REFUSES: HazardKind = {
  code: 'add-check-breaks-old-writers',
  harm: 'compatibility',
  why: 'code that is still running does not know the rule: what it writes against it fails (23514), and so does any update of a row that breaks it already.',
  instead: 'The check waits for the contract, when no such code runs; one over columns that this migration adds comes at once.',
}

/** ADD CONSTRAINT … CHECK on a table that has rows: NOT VALID, then VALIDATE; in the contract where old code writes the columns. */
export const strategy: Strategy = {
  id: 'add-check',
  summary: 'Adds a check without reading the table under a lock, and without breaking code that does not know it.',
  hazards: [SCANS, REFUSES],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_AddConstraint')
    if (action?.def.contype !== 'CONSTR_CHECK' || action.def.skip_validation || action.def.is_enforced === false) return undefined
    if (isNewTable(migration, action.table, statement.index)) return undefined
    const constraint = constraintAfter(statement, action, migration)?.constraint
    if (!constraint) return undefined
    const isOfNewColumns = overNewColumns(constraint, action, migration)
    const on = constraint.name
    const found = isOfNewColumns ? [hazard(SCANS, on, statement)] : [hazard(SCANS, on, statement), hazard(REFUSES, on, statement)]
    const made = steps(statement, action, constraint)
    return { claims: [statement.index], hazards: found, expand: isOfNewColumns ? made : [], contract: isOfNewColumns ? [] : made }
  },
}

/** Code that is still running writes none of the columns: all of them are added here. */
function overNewColumns({ columns }: Constraint, action: TableAction, migration: Migration): boolean {
  // A column that takes over from another one is written by old code too, through the one that leaves.
  const taken = renameTargets(migration, action.table)
  const added = addedColumns(migration, action.table).filter((name) => !taken.includes(name))
  return columns.length > 0 && columns.every((name) => added.includes(name))
}

function steps({ sql }: Statement, action: TableAction, { name, expression }: Constraint): DraftStep[] {
  const target = targetOf(action.range, action.sql)
  const alter = `ALTER TABLE ${target.sql}`
  return [
    check({
      name: 'look for rows',
      title: `Look for rows that break ${name}`,
      sql: `SELECT 1 FROM ${target.sql} WHERE NOT (${expression}) LIMIT 1`,
      message: `${displayTable(action.table)} holds rows that break ${name}: CHECK (${expression}). Mend them, then deploy again.`,
    }),
    ddl({
      name: 'add check',
      title: `Add ${name} for new rows`,
      why: 'NOT VALID looks at new rows only: the lock is held for a moment, nothing is read.',
      sql: [`${sql} NOT VALID`],
      undo: [`${alter} DROP CONSTRAINT ${quoteName(name)}`],
    }),
    validateStep(target, name, [`${alter} VALIDATE CONSTRAINT ${quoteName(name)}`]),
  ]
}
