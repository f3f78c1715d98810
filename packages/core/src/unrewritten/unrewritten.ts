import { type HazardKind, hazard } from '../hazard.ts'
import type { Migration } from '../migration.ts'
import { parsePlPgSql, untag } from '../parser.ts'
import type { Refusal } from '../plan.ts'
import { doBody } from '../plpgsql.ts'
import { displayTable, isNewTable, rangeKey } from '../relation.ts'
import type { Statement } from '../statement.ts'
import { KINDS } from './kinds.ts'
import { otherKind } from './other.ts'
import { tableActionKind } from './table-action.ts'

/** The refusal of a statement that no strategy claims and that is not known to be safe; undefined where it is safe and can be copied. */
export function unrewritten(statement: Statement, migration: Migration): Refusal | undefined {
  const commands = statement.node.DoStmt ? doBody(statement) : [statement]
  if (!commands) return refuse(statement, KINDS.notUnderstood, 'DO')
  // A block that commits its batches holds no row lock for long.
  const inBatches = statement.node.DoStmt !== undefined && JSON.stringify(parsePlPgSql(statement.sql) ?? {}).includes('PLpgSQL_stmt_commit')
  for (const command of commands) {
    const kind = kindOf(command, migration)
    if (kind && !(inBatches && kind === KINDS.dataChange)) return refuse(statement, kind, nameOf(command))
  }
  return undefined
}

/** What is wrong with one command, or undefined where nothing is. */
function kindOf(command: Statement, migration: Migration): HazardKind | undefined {
  const [tag, s] = untag(command.node)
  if (s.relation?.relname && isNewTable(migration, rangeKey(s.relation))) return undefined
  return tag === 'AlterTableStmt' ? tableActionKind(command, migration) : otherKind(command, migration)
}

function nameOf(command: Statement): string {
  const [tag, s] = untag(command.node)
  return s.relation?.relname ? displayTable(rangeKey(s.relation)) : command.sql.split(/\s+/).slice(0, 3).join(' ') || tag
}

function refuse(statement: Statement, kind: HazardKind, on: string): Refusal {
  return {
    claims: [statement.index],
    hazards: [hazard(kind, on, statement)],
    line: statement.line,
    reason: `${on}: ${kind.why}`,
    fix: kind.instead,
  }
}
