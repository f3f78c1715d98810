import { overRow } from '../sql/expression.ts'
import { quoteName } from '../sql/sql.ts'
import { rowTrigger, type Target } from './trigger.ts'

/** Gives a column a value in every write that leaves it NULL, from code that does not know the column or no longer does. */
export function fillTrigger(target: Target, column: string, fill: string): { create: string[]; drop: string[] } {
  const value = `NEW.${quoteName(column)}`
  return rowTrigger({
    target,
    purpose: 'fill',
    column,
    events: 'INSERT OR UPDATE',
    when: `${value} IS NULL`,
    body: `  ${value} := ${overRow(fill, 'NEW')};`,
  })
}
