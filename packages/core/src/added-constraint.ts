import type { Constraint, Table } from './catalog/catalog.ts'
import type { Migration } from './migration.ts'
import type { TableAction } from './sql/relation.ts'
import type { Statement } from './sql/statement.ts'

/** The table and the constraint as they stand just behind the statement, an unnamed one under the name that PostgreSQL gives it. */
export function constraintAfter(
  statement: Statement,
  action: TableAction,
  migration: Migration,
): { readonly table: Table; readonly constraint: Constraint } | undefined {
  const table = (migration.at[statement.index + 1] ?? migration.after).tables.get(action.table)
  const before = (migration.at[statement.index] ?? migration.before).tables.get(action.table)
  const constraint = action.name
    ? table?.constraints.find((c) => c.name === action.name)
    : table?.constraints.find((c) => !before?.constraints.some((old) => old.name === c.name))
  return table && constraint && { table, constraint }
}
