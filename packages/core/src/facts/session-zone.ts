import type { Migration } from '../migration.ts'
import { actionOf } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'

const UTC: readonly string[] = ['utc', 'gmt', 'etc/utc', 'etc/gmt']

/**
 * `UTC` where the migration itself has set the session's time zone so, with nothing between that could get a session or a transaction of its own; else `any`: a
 * role, a database or the client may have set it, and a dump or another machine may run the migration.
 */
export function sessionZone(statement: Statement, migration: Migration): 'UTC' | 'any' {
  let zone: 'UTC' | 'any' = 'any'
  for (const earlier of migration.script.statements.slice(0, statement.index)) {
    const set = earlier.node.VariableSetStmt
    if (set) {
      if (set.name === 'timezone') zone = UTC.includes(String(set.args?.[0]?.A_Const?.sval?.sval).toLowerCase()) ? 'UTC' : 'any'
    } else if (!actionOf(earlier, 'AT_AlterColumnType')) return 'any'
  }
  return zone
}
