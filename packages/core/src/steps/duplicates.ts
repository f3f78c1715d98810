import type { DraftStep } from '../plan/plan.ts'
import { quoteName } from '../sql/sql.ts'
import { check } from './steps.ts'

/** A look for rows that are equal in some columns, before a long build of a unique index that they would fail. `table` is its plain name, `on` the table as SQL. */
export function noDuplicates(table: string, on: string, columns: readonly string[], nullsNotDistinct: boolean): DraftStep {
  const quoted = columns.map(quoteName)
  const list = quoted.join(', ')
  const notNull = nullsNotDistinct ? '' : ` WHERE ${quoted.map((c) => `${c} IS NOT NULL`).join(' AND ')}`
  return check({
    name: 'look for duplicates',
    title: `Look for duplicates in ${table}`,
    sql: `SELECT ${list} FROM ${on}${notNull} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`,
    message: `${table} holds rows that are equal in (${list}): a unique index can't be built. Merge or delete the duplicates, then deploy again.`,
  })
}
