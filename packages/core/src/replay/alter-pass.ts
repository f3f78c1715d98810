import type { PgNode } from '../sql/parser.ts'
import type { Statement } from '../sql/statement.ts'

/** In which round PostgreSQL does an action of ALTER TABLE (AlterTablePass in src/backend/commands/tablecmds.c); those left out come last. */
const PASSES: Readonly<Record<string, number>> = {
  AT_DropColumn: 0,
  AT_DropConstraint: 0,
  AT_DropNotNull: 0,
  AT_DropIdentity: 0,
  AT_DropExpression: 0,
  AT_AlterColumnType: 1,
  AT_AddColumn: 2,
  AT_SetExpression: 3,
  AT_SetNotNull: 4,
  AT_AddIdentity: 4,
  AT_ColumnDefault: 4,
}
const INDEX_CONSTRAINT = 5
const OTHER_CONSTRAINT = 6
const REST = 7

/** The round of an action: what is dropped goes before anything comes, whatever the order in which it is written. */
export function passOf(cmd: PgNode): number {
  // DROP DEFAULT is a drop, SET DEFAULT is none.
  if (cmd.subtype === 'AT_ColumnDefault' && !cmd.def) return 0
  if (cmd.subtype === 'AT_AddConstraint') {
    const kind = cmd.def?.Constraint?.contype
    if (kind === 'CONSTR_NOTNULL') return PASSES.AT_SetNotNull ?? REST
    return kind === 'CONSTR_CHECK' || kind === 'CONSTR_FOREIGN' ? OTHER_CONSTRAINT : INDEX_CONSTRAINT
  }
  return PASSES[cmd.subtype as string] ?? REST
}

/** The actions of one ALTER TABLE in the order in which they are done. */
export function inPasses(cmds: readonly PgNode[]): readonly PgNode[] {
  return cmds.length < 2 ? cmds : cmds.toSorted((a, b) => passOf(a) - passOf(b))
}

/** The actions of the ALTER TABLE that ends with a statement, in the order in which PostgreSQL does them, where that is not the written one. */
export function reordered(statements: readonly Statement[], last: number): readonly Statement[] | undefined {
  const { split } = statements[last] as Statement
  if (split.of < 2 || split.part < split.of - 1) return undefined
  const group = statements.slice(last - split.part, last + 1)
  const pass = ({ node }: Statement): number => passOf(node.AlterTableStmt?.cmds?.[0]?.AlterTableCmd ?? {})
  return group.some((s, i) => i > 0 && pass(s) < pass(group[i - 1] as Statement)) ? group.toSorted((a, b) => pass(a) - pass(b)) : undefined
}
