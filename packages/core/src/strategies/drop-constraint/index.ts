import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { actionOf, displayTable, isNewTable, namesTable, type TableAction } from '../../relation.ts'
import type { Statement } from '../../statement.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'

const UPSERTS: HazardKind = {
  code: 'drop-unique-constraint-breaks-upserts',
  harm: 'compatibility',
  why: 'code that is still running may name these columns in INSERT … ON CONFLICT, which fails at once without a unique constraint on them (42P10), and relies on there being one row.',
  instead: 'The constraint is dropped in the contract, when no such code runs any more.',
}

/** DROP CONSTRAINT of a unique constraint or a primary key: held in the contract. Foreign keys and checks only loosen, and are copied. */
export const strategy: Strategy = {
  id: 'drop-constraint',
  summary: 'Drops a unique constraint or a primary key when no code relies on it any more.',
  hazards: [UPSERTS],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_DropConstraint')
    if (!action || isNewTable(migration, action.table)) return undefined
    const table = migration.before.tables.get(action.table)
    const constraint = table?.constraints.find((c) => c.name === action.name)
    if (!constraint || (constraint.kind !== 'unique' && constraint.kind !== 'primary')) return undefined
    if (isReplaced(action, statement, migration) || goesWithColumn(action, constraint.columns, migration)) return undefined
    const twin = table?.indexes.some(
      (i) =>
        i.unique &&
        i.constraint !== constraint.name &&
        i.where === undefined &&
        i.keys.map((k) => k.column).join('\0') === constraint.columns.join('\0'),
    )
    const isReleased = migration.intents.some(
      (i) => i.kind === 'unused-constraint' && i.name === action.name && namesTable(i.table, action.table),
    )
    // Another unique index over the same columns goes on doing what this one does.
    if (twin || isReleased) return undefined
    return {
      claims: [statement.index],
      hazards: [hazard(UPSERTS, constraint.name, statement)],
      expand: [],
      contract: [
        ddl({
          name: 'drop constraint',
          title: `Drop ${constraint.name} of ${displayTable(action.table)}`,
          why: 'No code relies on it any more; only the catalog changes.',
          sql: [statement.sql],
          undo: { irreversible: 'Duplicates may have come in since: look for them before it is built again.' },
        }),
      ],
    }
  },
}

/** A constraint of the same name, or another primary key, is added in the same migration: that one's strategy makes a swap of both. */
function isReplaced({ table, name }: TableAction, statement: Statement, migration: Migration): boolean {
  return migration.script.statements.some((s) => {
    const added = s.index > statement.index ? actionOf(s, 'AT_AddConstraint') : undefined
    if (added?.table !== table) return false
    const isKey = migration.before.tables.get(table)?.constraints.find((c) => c.name === name)?.kind === 'primary'
    return added.name === name || (isKey && added.def.contype === 'CONSTR_PRIMARY')
  })
}

/** Its column is dropped, renamed or retyped in the same migration: what becomes of it is decided there. */
function goesWithColumn({ table }: TableAction, columns: readonly string[], migration: Migration): boolean {
  return migration.script.statements.some((s) => {
    const dropped = actionOf(s, 'AT_DropColumn')
    return dropped?.table === table && columns.includes(dropped.name)
  })
}
