import { suggestFill, suggestUniqueFill } from '../../fill-suggestion.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { openRenames, renameTargets } from '../../renames.ts'
import { type PgNode, scan } from '../../sql/parser.ts'
import { actionOf, columnIn, displayColumn, displayTable, isNewTable, type TableAction } from '../../sql/relation.ts'
import { quoteName, sliceBytes } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { fillTrigger } from '../../steps/fill.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { backfill, ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { intentFor, targetOf, walkingKey } from '../../target.ts'

export const REQUIRED: HazardKind = {
  code: 'add-required-column-fails',
  harm: 'data',
  lock: 'ACCESS EXCLUSIVE',
  why: 'a NOT NULL column without a default can only be added to an empty table (23502), and code that is still running does not write it.',
  instead:
    'The column comes nullable, with a trigger that fills it for code that does not know it; old rows are filled in batches; then it becomes NOT NULL without a scan.',
}

/** ADD COLUMN … NOT NULL without a default: nullable, filled by a trigger and a backfill, then NOT NULL. */
export const strategy: Strategy = {
  id: 'add-required-column',
  summary: 'Adds a required column that has no default to a table that has rows.',
  hazards: [REQUIRED],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_AddColumn')
    if (!action || isNewTable(migration, action.table, statement.index) || !isRequired(action, statement, migration)) return undefined
    // While it is open whether the column is a renamed one, or if it is, this is not a new column.
    if (renameTargets(migration, action.table).includes(action.name) || openRenames(migration, action.table).length > 0) return undefined
    const on = displayColumn(action.table, action.name)
    const shared = { claims: [statement.index], hazards: [hazard(REQUIRED, on, statement)] }
    const fill = intentFor(migration, 'fill', action.table, action.name)
    return fill ? { ...shared, ...steps(statement, action, fill.with, migration) } : { ...shared, ...ask(statement, action, on, migration) }
  },
}

const OTHERS = [
  'CONSTR_DEFAULT',
  'CONSTR_IDENTITY',
  'CONSTR_GENERATED',
  'CONSTR_PRIMARY',
  'CONSTR_UNIQUE',
  'CONSTR_CHECK',
  'CONSTR_FOREIGN',
]

/** ADD COLUMN … NOT NULL without a default and with no other constraint: the strategy's own. */
export function isRequired(action: TableAction, statement: Statement, migration: Migration): boolean {
  const constraints = ((action.def.constraints ?? []) as PgNode[]).map((c) => c.Constraint?.contype as string)
  const column = columnIn(migration.at[statement.index + 1] ?? migration.after, action.table, action.name)
  return constraints.includes('CONSTR_NOTNULL') && column?.default === undefined && !constraints.some((c) => OTHERS.includes(c))
}

/** A unique index or constraint over the new column alone: one value for all rows would break it. */
function isUnique(action: TableAction, migration: Migration): boolean {
  const indexes = migration.after.tables.get(action.table)?.indexes ?? []
  return indexes.some((i) => i.unique && i.keys.length === 1 && i.keys[0]?.column === action.name)
}

function ask(statement: Statement, action: TableAction, on: string, migration: Migration) {
  const type = columnIn(migration.after, action.table, action.name)?.type ?? 'text'
  const suggestion = isUnique(action, migration) ? suggestUniqueFill(type) : suggestFill(type)
  const why = 'rows that exist, and code that does not know the column yet, need a value'
  return {
    line: statement.line,
    reason: `${on} is required and has no default: ${why}.`,
    fix: `Say what fills it: --fill "${on}=${suggestion ?? '<expression>'}" (any SQL expression over the row), or make it optional in the schema.`,
    question: {
      kind: 'fill' as const,
      table: displayTable(action.table),
      column: action.name,
      type,
      why,
      ...(suggestion !== undefined && { suggestion }),
    },
  }
}

function steps(statement: Statement, action: TableAction, fill: string, migration: Migration) {
  const target = targetOf(statement.node.AlterTableStmt.relation, action.sql)
  const column = quoteName(action.name)
  const nn = notNull(target, action.name)
  const trigger = fillTrigger(target, action.name, fill)
  return {
    expand: [
      ddl({
        name: `add ${action.name}`,
        title: `Add ${action.name}, filled for code that does not know it`,
        why: 'A nullable column without default is a change in the catalog only. Trigger and check come in the same transaction, so no write meets the one without the other.',
        sql: [withoutNotNull(statement.sql), ...trigger.create, nn.add],
        undo: [...trigger.drop, `ALTER TABLE ${target.sql} DROP COLUMN ${column}`],
      }),
      backfill({
        name: 'backfill',
        title: `Fill ${action.name} of old rows`,
        table: target.sql,
        key: walkingKey(migration.before.tables.get(action.table)),
        set: [{ column: action.name, expression: fill }],
        where: `${column} IS NULL`,
      }),
      validateStep(target, `that ${action.name} is never NULL`, [nn.validate]),
      setNotNullStep(target, action.name),
    ],
    contract: [
      ddl({
        name: 'stop filling',
        title: `Stop filling ${action.name}`,
        why: 'No code that does not know the column runs any more.',
        sql: trigger.drop,
        undo: trigger.create,
      }),
    ],
    expects: [{ table: target.sql, column: action.name, from: fill }],
  }
}

/** The statement without its NOT NULL: the two tokens are cut out, the rest stays as the ORM wrote it. */
export function withoutNotNull(sql: string): string {
  const tokens = scan(sql)
  const at = tokens.findIndex((t, i) => t.text.toUpperCase() === 'NOT' && tokens[i + 1]?.text.toUpperCase() === 'NULL')
  const [first, second] = [tokens[at], tokens[at + 1]]
  if (!first || !second) throw new Error(`no NOT NULL in: ${sql}`)
  return `${sliceBytes(sql, 0, first.start).trimEnd()}${sliceBytes(sql, second.end)}`
}
