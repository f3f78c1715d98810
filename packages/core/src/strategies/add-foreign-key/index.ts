import { constraintAfter } from '../../added-constraint.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import { actionOf, displayTable, isNewTable, rangeKey } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import { validateStep } from '../../steps/not-null.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { targetOf } from '../../target.ts'
import { replacedKey, replaceKey } from './replace.ts'

const BLOCKS: HazardKind = {
  code: 'add-foreign-key-blocks-writes',
  harm: 'lock',
  lock: 'SHARE ROW EXCLUSIVE',
  why: 'ADD FOREIGN KEY holds SHARE ROW EXCLUSIVE on both tables while it compares every row: all writes to both wait, about half a second for each million rows.',
  instead:
    'The key is added NOT VALID, which looks at new rows only, and validated in a transaction of its own, while reads and writes go on.',
}

/** ADD CONSTRAINT … FOREIGN KEY between tables that have rows: NOT VALID, then VALIDATE. */
export const strategy: Strategy = {
  id: 'add-foreign-key',
  summary: 'Adds a foreign key without blocking writes to either table.',
  hazards: [BLOCKS],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_AddConstraint')
    if (action?.def.contype !== 'CONSTR_FOREIGN' || action.def.skip_validation) return undefined
    if (isNewTable(migration, action.table, statement.index)) return undefined
    const found = hazard(BLOCKS, action.name || displayTable(action.table), statement)
    const table = migration.before.tables.get(action.table)
    if (table?.kind === 'partitioned' && migration.postgres < 18) {
      return {
        claims: [statement.index],
        hazards: [found],
        line: statement.line,
        reason: `${displayTable(action.table)} is partitioned: before PostgreSQL 18 a foreign key on it can't be NOT VALID (42809).`,
        fix: 'Add the key to each partition NOT VALID, validate each, then add it to the parent; or plan for --postgres 18.',
      }
    }
    const target = targetOf(action.range, action.sql)
    const alter = `ALTER TABLE ${action.sql}`
    const constraint = constraintAfter(statement, action, migration)?.constraint
    if (!constraint) return undefined
    const known = constraint.name
    const old = replacedKey(statement, action, constraint, migration)
    if (old) return replaceKey({ statement, drop: old.drop, target, constraint, old: old.constraint, hazards: [found] })
    const parent = displayTable(rangeKey(action.def.pktable))
    return {
      claims: [statement.index],
      hazards: [found],
      expand: [
        ddl({
          name: 'add foreign key',
          title: `Add ${known} for new rows`,
          why: `NOT VALID looks at new rows only: ${displayTable(action.table)} and ${parent} are locked for a moment, nothing is compared.`,
          sql: [`${statement.sql} NOT VALID`],
          undo: [`${alter} DROP CONSTRAINT ${quoteName(known)}`],
        }),
        validateStep(target, known, [`${alter} VALIDATE CONSTRAINT ${quoteName(known)}`]),
      ],
      contract: [],
    }
  },
}
