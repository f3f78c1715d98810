import type { TableName } from './catalog/catalog.ts'
import { type PgNode, parseStatement, SqlSyntaxError, untag } from './parser.ts'
import { rangeKey } from './relation.ts'

/**
 * The SQL that PL/pgSQL's EXECUTE runs, where its text is one literal; `without effect` where the part that can be seen says that no table, type
 * or view that anybody knows is changed; undefined where it can't be told.
 */
export function executedSql(
  expression: string,
): { readonly text: string } | { readonly partitionOf: TableName } | 'without effect' | undefined {
  const node = expressionNode(expression)
  const literal = textOf(node)
  if (literal !== undefined) return { text: literal }
  const pattern = formatPattern(node)
  if (pattern !== undefined) return isWithoutEffect(pattern) ? 'without effect' : unknownTable(pattern)
  const start = firstText(node)
  return start !== undefined && isWithoutEffect(start) ? 'without effect' : undefined
}

function expressionNode(expression: string): PgNode | undefined {
  try {
    return parseStatement(`SELECT ${expression}`).SelectStmt?.targetList?.[0]?.ResTarget?.val
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}

function textOf(node: PgNode | undefined): string | undefined {
  return node?.A_Const?.sval?.sval
}

/** The leftmost literal of `'…' || name || '…'`. */
function firstText(node: PgNode | undefined): string | undefined {
  const isJoin = node?.A_Expr?.name?.[0]?.String?.sval === '||'
  return isJoin ? firstText(node?.A_Expr.lexpr) : textOf(node)
}

function formatPattern(node: PgNode | undefined): string | undefined {
  const call = node?.FuncCall
  return call?.funcname?.at(-1)?.String?.sval === 'format' ? textOf(call.args?.[0]) : undefined
}

const WITHOUT_EFFECT: readonly (readonly string[])[] = [
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'GRANT', 'REVOKE', 'ANALYZE', 'VACUUM', 'NOTIFY'].map((word) => [word]),
  ...['DATABASE', 'ROLE', 'USER', 'SEQUENCE', 'SYSTEM'].map((word) => ['ALTER', word]),
  ...['EXTENSION', 'ROLE', 'USER', 'DATABASE'].map((word) => ['CREATE', word]),
  ['REFRESH', 'MATERIALIZED'],
  ['COMMENT', 'ON'],
]

/** The first words tell what kind of statement is put together; what follows fills in its names and values. */
function isWithoutEffect(start: string): boolean {
  const words = start
    .trim()
    .split(/\s+/, 2)
    .map((word) => word.toUpperCase())
  return !start.includes(';') && WITHOUT_EFFECT.some((kind) => kind.every((word, i) => words[i] === word))
}

/** A new table whose name is filled in: nobody knows it, and a statement that names it later is not understood either. A partition belongs to a table that is known. */
function unknownTable(pattern: string): 'without effect' | { readonly partitionOf: TableName } | undefined {
  const filled = pattern.replaceAll('%I', 'filled_in').replaceAll('%L', "'filled in'")
  if (filled.includes('%')) return undefined
  try {
    const [tag, fields] = untag(parseStatement(filled))
    if (tag !== 'CreateStmt' || fields.relation.relname !== 'filled_in') return undefined
    const parent = fields.inhRelations?.[0]?.RangeVar as PgNode | undefined
    return parent ? { partitionOf: rangeKey(parent) } : 'without effect'
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}
