import type { Constraint } from '../../catalog/catalog.ts'
import type { Migration } from '../../migration.ts'
import type { Hazard } from '../../plan/plan.ts'
import { constraintBody } from '../../sql/constraint-sql.ts'
import { actionOf, displayTable, rangeKey, type TableAction } from '../../sql/relation.ts'
import { objectName, quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { validateStep } from '../../steps/not-null.ts'
import { ddl } from '../../steps/steps.ts'
import type { Target } from '../../steps/trigger.ts'
import type { Outcome } from '../../strategy.ts'

/** The key of the same name and columns that the migration drops before it adds this one: the ORMs' way to change what a key does on delete or update. */
export function replacedKey(
  statement: Statement,
  { table, name }: TableAction,
  constraint: Constraint,
  migration: Migration,
): { readonly drop: Statement; readonly constraint: Constraint } | undefined {
  const old = migration.before.tables.get(table)?.constraints.find((c) => c.name === name && c.kind === 'foreign')
  const drop = migration.script.statements.find((s) => {
    const action = s.index < statement.index ? actionOf(s, 'AT_DropConstraint') : undefined
    return action?.table === table && action.name === name
  })
  if (!old || !drop || old.columns.join('\0') !== constraint.columns.join('\0') || !constraintBody(old)) return undefined
  return isChanged(migration, table, old) ? undefined : { drop, constraint: old }
}

/** The migration drops, renames or retypes a column of the key: the other strategies decide what becomes of the key. */
function isChanged(migration: Migration, table: string, key: Constraint): boolean {
  const other = key.references?.table
  const isOf = (on: string, column: string): boolean =>
    (on === table && key.columns.includes(column)) || (on === other && key.references?.columns.includes(column) === true)
  return migration.script.statements.some((s) => {
    const rename = s.node.RenameStmt
    if (rename?.renameType === 'OBJECT_COLUMN') return isOf(rangeKey(rename.relation), rename.subname)
    const action = actionOf(s, 'AT_DropColumn') ?? actionOf(s, 'AT_AlterColumnType')
    return action !== undefined && isOf(action.table, action.name)
  })
}

interface Replacement {
  readonly statement: Statement
  readonly drop: Statement
  readonly target: Target
  readonly constraint: Constraint
  readonly old: Constraint
  readonly hazards: readonly Hazard[]
}

/**
 * The new key stands and is proved under a name of ours before the old one goes: no moment without a key. One that points at another table is told apart: old code writes
 * what only the old key takes, new code what only the new one does.
 */
export function replaceKey(replacement: Replacement): Outcome {
  const { statement, drop, target, constraint, old, hazards } = replacement
  if (old.references?.table !== constraint.references?.table) return pointElsewhere(replacement)
  const alter = `ALTER TABLE ${target.sql}`
  const [name, copy] = [quoteName(constraint.name), quoteName(objectName('ec', constraint.name, 'new'))]
  const parent = displayTable(constraint.references?.table ?? '')
  const validate = `${alter} VALIDATE CONSTRAINT`
  return {
    claims: [drop.index, statement.index],
    hazards,
    expand: [
      ddl({
        name: 'add foreign key',
        title: `Add the new ${constraint.name} beside the old one`,
        why: `NOT VALID looks at new rows only: ${target.name} and ${parent} are locked for a moment, nothing is compared.`,
        sql: [`${alter} ADD CONSTRAINT ${copy} ${constraintBody(constraint)} NOT VALID`],
        undo: [`${alter} DROP CONSTRAINT ${copy}`],
      }),
      ddl({
        name: 'validate',
        title: `Validate the new ${constraint.name}`,
        why: 'The scan runs under SHARE UPDATE EXCLUSIVE: reads and writes go on. It has its own transaction, so the lock of the step before is long gone.',
        sql: [`${validate} ${copy}`],
        undo: { none: 'The new key goes away with the step that added it.' },
      }),
      ddl({
        name: 'swap keys',
        title: `Let the new ${constraint.name} take the place of the old one`,
        why: 'Both tables are locked for a change in the catalog only; at no moment is there no key.',
        sql: [`${alter} DROP CONSTRAINT ${name}`, `${alter} RENAME CONSTRAINT ${copy} TO ${name}`],
        undo: {
          sql: [`${alter} RENAME CONSTRAINT ${name} TO ${copy}`, `${alter} ADD CONSTRAINT ${name} ${constraintBody(old)} NOT VALID`],
          ...(old.validated && { after: [`${validate} ${name}`] }),
        },
      }),
    ],
    contract: [],
  }
}

function pointElsewhere({ statement, drop, target, constraint, old, hazards }: Replacement): Outcome {
  const alter = `ALTER TABLE ${target.sql}`
  const name = quoteName(constraint.name)
  const [from, to] = [old, constraint].map((c) => displayTable(c.references?.table ?? ''))
  const validate = `${alter} VALIDATE CONSTRAINT ${name}`
  return {
    claims: [drop.index, statement.index],
    hazards,
    expand: [
      ddl({
        name: 'drop foreign key',
        title: `Drop ${constraint.name}, which points at ${from}`,
        why: `New code writes keys of ${to}, which it would refuse. Code that is still running loses nothing but the check. Both tables are locked for a moment.`,
        sql: [`${alter} DROP CONSTRAINT ${name}`],
        undo: { sql: [`${alter} ADD CONSTRAINT ${name} ${constraintBody(old)} NOT VALID`], ...(old.validated && { after: [validate] }) },
      }),
    ],
    contract: [
      ddl({
        name: 'add foreign key',
        title: `Add ${constraint.name} to ${to} for new rows`,
        why: `No code that writes keys of ${from} runs any more. NOT VALID looks at new rows only: nothing is compared.`,
        sql: [`${alter} ADD CONSTRAINT ${name} ${constraintBody(constraint)} NOT VALID`],
        undo: [`${alter} DROP CONSTRAINT ${name}`],
      }),
      validateStep(target, constraint.name, [validate]),
    ],
  }
}
