import { column, type Table, type TypeName } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import { type PgNode, SqlSyntaxError } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import { quoteText } from '../sql/sql.ts'
import { tokensIn } from '../sql/tokens.ts'
import { bareType, typeName } from '../sql/type-name.ts'
import { EXPRESSION_BASE } from './names-in.ts'

/** A literal of an expression and its type, where that can be told. */
interface Literal {
  readonly value: string
  readonly type: TypeName | undefined
  readonly location: number
}

/**
 * The expression with a label of an enum called otherwise; the same text where it does not hold it, undefined where a literal may be that label or something
 * else. `own`: the type that the expression as a whole is of. `table` tells the types of columns.
 */
export function relabelled(text: string, type: TypeName, from: string, to: string, own?: TypeName, table?: Table): string | undefined {
  if (!text.includes(from) && !text.includes(quoteText(from).slice(1, -1))) return text
  const literals: Literal[] = []
  walk(treeOf(text), own, table, literals)
  const bytes = Buffer.from(text)
  const patches: { start: number; end: number; text: string }[] = []
  for (const literal of literals) {
    const value = renamed(literal, type, from, to)
    if (value === undefined) return undefined
    if (value === literal.value) continue
    const [token] = tokensIn(bytes, literal.location - EXPRESSION_BASE)
    if (!token) return undefined
    patches.push({ start: token.start, end: token.end, text: quoteText(value) })
  }
  let at = 0
  const pieces: string[] = []
  for (const patch of patches.sort((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(at, patch.start).toString(), patch.text)
    at = patch.end
  }
  return pieces.join('') + bytes.subarray(at).toString()
}

/** The literal's value from now on; undefined where that can't be told. */
function renamed({ value, type: of }: Literal, type: TypeName, from: string, to: string): string | undefined {
  if (of === undefined) return value === from || elements(value)?.includes(from) ? undefined : value
  if (of === type) return value === from ? to : value
  if (bareType(of) !== type) return value
  const parts = elements(value)
  if (!parts) return value.includes(from) ? undefined : value
  if (!parts.includes(from)) return value
  return plain(to) ? parts.map((part) => (part === from ? to : part)).join('') : undefined
}

/** The elements of an array written as text, with the braces and commas between them, where none of them needs quotes. */
function elements(value: string): string[] | undefined {
  if (!value.startsWith('{') || !value.endsWith('}')) return undefined
  const parts = value
    .split(/([{},])/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.every((part) => '{},'.includes(part) || plain(part)) ? parts : undefined
}

function plain(part: string): boolean {
  return part !== '' && !['{', '}', '"', '\\', ',', ' '].some((sign) => part.includes(sign)) && part.toLowerCase() !== 'null'
}

/** `type` is what the node is of, as far as its surroundings tell. */
function walk(node: unknown, type: TypeName | undefined, table: Table | undefined, found: Literal[]): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, type, table, found)
    return
  }
  if (typeof node !== 'object' || node === null) return
  const n = node as PgNode
  const inner = (nodes: unknown, of: TypeName | undefined): void => walk(nodes, of, table, found)
  if (n.A_Const) {
    if (n.A_Const.sval) found.push({ value: n.A_Const.sval.sval ?? '', type, location: n.A_Const.location ?? 0 })
  } else if (n.TypeCast) inner(n.TypeCast.arg, typeName(n.TypeCast.typeName))
  else if (n.A_ArrayExpr) inner(n.A_ArrayExpr.elements, type === undefined ? undefined : bareType(type))
  else if (n.List) inner(n.List.items, type)
  else if (n.A_Expr) {
    const { lexpr, rexpr, kind } = n.A_Expr
    const [left, right] = [typeOf(lexpr, table), typeOf(rexpr, table)]
    const element = kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL'
    inner(lexpr, right === undefined ? undefined : element ? bareType(right) : right)
    inner(rexpr, left === undefined ? undefined : element ? `${left}[]` : left)
  } else if (n.CaseExpr) {
    const of = n.CaseExpr.arg && typeOf(n.CaseExpr.arg, table)
    inner(n.CaseExpr.arg, undefined)
    for (const { CaseWhen: when } of (n.CaseExpr.args ?? []) as PgNode[]) {
      inner(when.expr, n.CaseExpr.arg ? of : 'boolean')
      inner(when.result, type)
    }
    inner(n.CaseExpr.defresult, type)
  } else if (n.BoolExpr) inner(n.BoolExpr.args, 'boolean')
  else if (n.CoalesceExpr) {
    const of = ((n.CoalesceExpr.args ?? []) as PgNode[]).map((arg) => typeOf(arg, table)).find((t) => t !== undefined)
    inner(n.CoalesceExpr.args, of ?? type)
  } else for (const value of Object.values(n)) inner(value, undefined)
}

function typeOf(node: PgNode | undefined, table: Table | undefined): TypeName | undefined {
  if (node?.TypeCast) return typeName(node.TypeCast.typeName)
  if (node?.ColumnRef) return column(table, strings(node.ColumnRef.fields).at(-1) ?? '')?.type
  if (node?.CollateClause) return typeOf(node.CollateClause.arg, table)
  return undefined
}

function treeOf(expression: string): PgNode {
  try {
    return parseExpression(expression)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return {}
    throw error
  }
}
