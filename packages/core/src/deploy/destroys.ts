import type { Step } from '../plan/plan.ts'
import { type PgNode, parseStatement, untag } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import { quoteName } from '../sql/sql.ts'

/** Data of a user that a statement of a step takes away. */
export interface Destroyed {
  /** Position of the statement in the step. */
  readonly at: number
  /** The table, as SQL. */
  readonly table: string
  /** Bare names of the columns that go; undefined: the whole table does. */
  readonly columns?: readonly string[]
  /** What depends on it goes too. */
  readonly cascades: boolean
}

/** What a step takes away for good. Columns and tables of ours, with copies of what is elsewhere, do not count. */
export function destroyedBy(step: Step): Destroyed[] {
  return step.kind === 'ddl' ? step.sql.flatMap(destroyedByStatement) : []
}

function destroyedByStatement(sql: string, at: number): Destroyed[] {
  const [tag, s] = untag(parseStatement(sql))
  if (tag === 'DropStmt' && s.removeType === 'OBJECT_TABLE') {
    const cascades = s.behavior === 'DROP_CASCADE'
    return (s.objects as PgNode[])
      .map((object) => strings(object.List?.items))
      .filter((path) => !isOurs(path.at(-1)))
      .map((path) => ({ at, table: path.map(quoteName).join('.'), cascades }))
  }
  if (tag !== 'AlterTableStmt') return []
  const dropped = (s.cmds as PgNode[]).map((c) => c.AlterTableCmd).filter((c) => c?.subtype === 'AT_DropColumn' && !isOurs(c.name))
  if (dropped.length === 0) return []
  const { schemaname, relname } = s.relation
  const table = [schemaname, relname].filter((part) => part !== undefined).map((part) => quoteName(part as string))
  const cascades = dropped.some((c) => c?.behavior === 'DROP_CASCADE')
  return [{ at, table: table.join('.'), columns: dropped.map((c) => c?.name as string), cascades }]
}

function isOurs(name: string | undefined): boolean {
  return name?.startsWith('ec_') === true
}
