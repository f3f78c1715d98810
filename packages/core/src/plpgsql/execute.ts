import type { TableName } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import { type PgNode, parseStatement, SqlSyntaxError, untag } from '../sql/parser.ts'
import { rangeKey } from '../sql/relation.ts'
import { evaluate, type Values } from './values.ts'

/** What an EXECUTE runs, as far as its expression tells. */
export type Executed =
  | { readonly text: string }
  /** A statement that changes this table in a way that is not known. */
  | { readonly changes: TableName }
  /** No table, type or view that anybody knows is changed. */
  | 'without effect'
  | undefined

/** The SQL that PL/pgSQL's EXECUTE runs, where what is known of the variables tells it, or else what can be said of it; undefined where nothing can. */
export function executedSql(expression: string, values: Values): Executed {
  const node = expressionNode(expression)
  const literal = evaluate(node, values)
  if (typeof literal === 'string') return { text: literal }
  const pattern = formatPattern(node)
  if (pattern !== undefined) return isWithoutEffect(pattern) ? 'without effect' : unknownNames(pattern)
  const start = firstText(node)
  return start !== undefined && isWithoutEffect(start) ? 'without effect' : undefined
}

function expressionNode(expression: string): PgNode | undefined {
  try {
    return parseExpression(expression)
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

/**
 * Names and literals that are filled in can be any. A new table of such a name is one that nobody knows, and a statement that names it later is not understood
 * either; a partition belongs to a table that is known. What is done to a table that is named as it is changes that one.
 */
function unknownNames(pattern: string): Executed {
  const filled = pattern.replaceAll(/%(\d+\$)?I/g, FILLED).replaceAll(/%(\d+\$)?L/g, `'${FILLED}'`)
  if (filled.includes('%')) return undefined
  try {
    const [tag, fields] = untag(parseStatement(filled))
    const key = fields.relation && rangeKey(fields.relation)
    const isFilled = key?.includes(FILLED) === true
    if (tag !== 'CreateStmt') return key !== undefined && !isFilled && changesOne(tag, fields) ? { changes: key } : undefined
    const parent = fields.inhRelations?.[0]?.RangeVar as PgNode | undefined
    if (!isFilled) return undefined
    return parent ? { changes: rangeKey(parent) } : 'without effect'
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}

const FILLED = 'filled_in'

/** True for what changes the form of the table that it names first, and of no other. */
function changesOne(tag: string, { cmds = [] }: PgNode): boolean {
  if (tag === 'IndexStmt' || tag === 'CreateTrigStmt') return true
  return (
    tag === 'AlterTableStmt' &&
    (cmds as PgNode[]).every(({ AlterTableCmd: c }) => !c.subtype.endsWith('Partition') && c.behavior !== 'DROP_CASCADE')
  )
}
