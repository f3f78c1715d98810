import type { Table } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import { type PgNode, parsePlPgSql, untag } from '../sql/parser.ts'
import { displayTable, isNewTable, rangeKey } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { catalogAt, type Finding } from './finding.ts'
import { KINDS } from './kinds.ts'

/** UPDATE and DELETE of more rows than a unique key names, anywhere in a statement. */
export function changedRows(statement: Statement, migration: Migration): Finding[] {
  if (commitsItsBatches(statement)) return []
  return changesIn(statement.node).flatMap(([verb, s]): Finding[] => {
    const key = rangeKey(s.relation)
    if (isNewTable(migration, key, statement.index) || isBounded(s, catalogAt(statement, migration).tables.get(key))) return []
    const fix = `Move the ${verb} of ${displayTable(key)} out of the migration into a job that works in batches, each in a transaction of its own.`
    return [{ kind: KINDS.dataChange, on: displayTable(key), fix }]
  })
}

const VERBS: Readonly<Record<string, string>> = { UpdateStmt: 'UPDATE', DeleteStmt: 'DELETE', MergeStmt: 'MERGE' }

/** The changes of a statement, those in its WITH first. */
function changesIn(node: PgNode): [verb: string, fields: PgNode][] {
  const [tag, s] = untag(node)
  const inside = ((s.withClause?.ctes ?? []) as PgNode[]).flatMap((c) => changesIn(c.CommonTableExpr?.ctequery ?? {}))
  const verb = VERBS[tag]
  return verb ? [...inside, [verb, s]] : inside
}

/** A block that commits its batches holds no row lock for long. */
function commitsItsBatches({ within }: Statement): boolean {
  return within !== undefined && JSON.stringify(parsePlPgSql(within.block.sql) ?? {}).includes('PLpgSQL_stmt_commit')
}

/** The WHERE says a value for each column of a unique key: as many rows as it names values. */
function isBounded(s: PgNode, table: Table | undefined): boolean {
  if (!table || !s.whereClause) return false
  const named = new Set(conjuncts(s.whereClause).flatMap(columnWithValue))
  return table.indexes.some(
    (i) => i.unique && i.where === undefined && i.keys.length > 0 && i.keys.every((k) => k.column !== undefined && named.has(k.column)),
  )
}

function conjuncts(node: PgNode): PgNode[] {
  return node.BoolExpr?.boolop === 'AND_EXPR' ? (node.BoolExpr.args as PgNode[]).flatMap(conjuncts) : [node]
}

/** `column = 'value'`, `column IN ('a', 'b')`: the column. */
function columnWithValue({ A_Expr: e }: PgNode): string[] {
  if (e?.name?.[0]?.String?.sval !== '=') return []
  if (e.kind === 'AEXPR_OP') {
    return isConstant(e.rexpr) ? columnOf(e.lexpr) : isConstant(e.lexpr) ? columnOf(e.rexpr) : []
  }
  const items = e.rexpr?.List?.items as PgNode[] | undefined
  return e.kind === 'AEXPR_IN' && items?.every(isConstant) ? columnOf(e.lexpr) : []
}

function columnOf(node: PgNode | undefined): string[] {
  const name = node?.ColumnRef?.fields?.at(-1)?.String?.sval as string | undefined
  return name === undefined ? [] : [name]
}

function isConstant(node: PgNode | undefined): boolean {
  return node?.A_Const !== undefined || (node?.TypeCast !== undefined && isConstant(node.TypeCast.arg))
}
