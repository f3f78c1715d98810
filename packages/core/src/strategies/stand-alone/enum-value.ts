import type { Catalog } from '../../catalog/catalog.ts'
import type { Migration } from '../../migration.ts'
import { earlierInTransaction } from '../../plan/sending.ts'
import { relationsNamed } from '../../replay/tables-named.ts'
import { type PgNode, untag } from '../../sql/parser.ts'
import { strings } from '../../sql/relation.ts'
import type { Statement } from '../../sql/statement.ts'
import { bareType, typeName, userType } from '../../sql/type-name.ts'

/** The first later statement of the same transaction that uses the value as one of the enum: PostgreSQL refuses that (55P04). */
export function labelUsedAtOnce(adds: Statement, migration: Migration): Statement | undefined {
  const s = adds.node.AlterEnumStmt as PgNode
  const type = userType(strings(s.typeName))
  const made = migration.script.statements.find((o) => o.node.CreateEnumStmt && userType(strings(o.node.CreateEnumStmt.typeName)) === type)
  // From 17 on a type of the same transaction may be used at once.
  if (made && migration.postgres >= 17 && earlierInTransaction(adds, migration).includes(made)) return undefined
  return migration.script.statements.find(
    (later) =>
      later.index > adds.index &&
      earlierInTransaction(later, migration).includes(adds) &&
      usesLabel(later, s.newVal, type, migration.at[later.index] ?? migration.before),
  )
}

/** The statement holds the label as a literal, where it is, or may be, a value of the type. */
export function usesLabel(statement: Statement, label: string, type: string, catalog: Catalog): boolean {
  const [tag, s] = untag(statement.node)
  if (tag === 'AlterEnumStmt' || tag === 'CommentStmt' || !holds(statement.node, label)) return false
  if (casts(statement.node, label, type)) return true
  const isOf = (column: PgNode): boolean => column.typeName !== undefined && bareType(typeName(column.typeName)) === type
  if (tag === 'CreateStmt') {
    const columns = ((s.tableElts ?? []) as PgNode[]).flatMap((e) => (e.ColumnDef ? [e.ColumnDef as PgNode] : []))
    const rest = ((s.tableElts ?? []) as PgNode[]).filter((e) => e.Constraint)
    return (
      columns.some((c) => isOf(c) && holds(c.constraints, label)) ||
      (columns.some(isOf) && holds([...rest, columns.map((c) => c.constraints)], label))
    )
  }
  const cmd = tag === 'AlterTableStmt' ? (s.cmds?.[0]?.AlterTableCmd as PgNode | undefined) : undefined
  if (cmd?.subtype === 'AT_AddColumn') return isOf(cmd.def.ColumnDef)
  const names = relationsNamed(statement.node, catalog)
  const columns = names.flatMap((name) => (catalog.tables.get(name)?.columns ?? []).filter((c) => bareType(c.type) === type))
  return cmd?.subtype === 'AT_ColumnDefault' ? columns.some((c) => c.name === cmd.name) : columns.length > 0
}

function holds(node: unknown, label: string): boolean {
  if (Array.isArray(node)) return node.some((n) => holds(n, label))
  if (typeof node !== 'object' || node === null) return false
  const constant = (node as PgNode).A_Const
  // Array literals hold it between braces.
  const text = constant?.sval?.sval as string | undefined
  if (text !== undefined) return text === label || (text.startsWith('{') && text.includes(label))
  return Object.values(node).some((n) => holds(n, label))
}

function casts(node: unknown, label: string, type: string): boolean {
  if (Array.isArray(node)) return node.some((n) => casts(n, label, type))
  if (typeof node !== 'object' || node === null) return false
  const cast = (node as PgNode).TypeCast
  if (cast && holds(cast.arg, label) && bareType(typeName(cast.typeName)) === type) return true
  return Object.values(node).some((n) => casts(n, label, type))
}
