import type { Constraint, Table } from './catalog/catalog.ts'
import type { Migration } from './migration.ts'
import { doBody } from './plpgsql.ts'
import { actionOf, type TableAction } from './relation.ts'
import type { Statement } from './statement.ts'

/** ADD CONSTRAINT as a command of its own. */
export interface AddedConstraint {
  readonly action: TableAction
  /** The command, taken out of the wrapper where it stands in one. */
  readonly sql: string
}

/** The statement itself, or the one statement of Drizzle's `DO $$ … EXCEPTION WHEN duplicate_object` wrapper, if it adds a constraint. */
export function addedConstraint(statement: Statement): AddedConstraint | undefined {
  const inner = statement.node.DoStmt ? doBody(statement) : [statement]
  const [only] = inner ?? []
  if (!only || inner?.length !== 1) return undefined
  const action = actionOf(only, 'AT_AddConstraint')
  return action && { action, sql: only.sql }
}

/** The table and the constraint as they stand just behind the statement, an unnamed one under the name that PostgreSQL gives it. */
export function constraintAfter(
  statement: Statement,
  { action }: AddedConstraint,
  migration: Migration,
): { readonly table: Table; readonly constraint: Constraint } | undefined {
  const table = (migration.at[statement.index + 1] ?? migration.after).tables.get(action.table)
  const before = (migration.at[statement.index] ?? migration.before).tables.get(action.table)
  const constraint = action.name
    ? table?.constraints.find((c) => c.name === action.name)
    : table?.constraints.find((c) => !before?.constraints.some((old) => old.name === c.name))
  return table && constraint && { table, constraint }
}
