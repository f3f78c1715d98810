import type { TableName } from './catalog/catalog.ts'
import { volatility } from './facts/volatility.ts'
import type { Migration } from './migration.ts'
import { columnsOf, parseExpression } from './sql/expression.ts'

/** True for a column with a unique index of its own before the migration. */
export function isUniqueAlone({ before }: Migration, table: TableName, column: string): boolean {
  return (
    before.tables
      .get(table)
      ?.indexes.some((i) => i.unique && i.where === undefined && i.keys.length === 1 && i.keys[0]?.column === column) === true
  )
}

/** True where every row would get the same value. */
export function isSameForAll(fill: string, { before, postgres }: Migration): boolean {
  return columnsOf(fill)?.length === 0 && volatility(parseExpression(fill), before, postgres) !== 'volatile'
}

/** Why one value for all rows is refused, and what to say instead. */
export function ownValues(on: string, fill: string, suggestion: string | undefined): { reason: string; fix: string } {
  return {
    reason: `${on} is unique, and "${fill}" is the same in every row: the second row that gets it would be refused (23505).`,
    fix: `Give each row a value of its own: --fill "${on}=${suggestion ?? '<expression>'}", or drop the unique index in a migration before this one.`,
  }
}
