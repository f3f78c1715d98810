import type { Volatility } from '../../catalog/catalog.ts'
import { type PgNode, shape } from '../../sql/parser.ts'

/** What a batched change needs to know of itself: whether a row that is done can be told from one that is not, or be done twice without harm. */
export type Repeatable =
  /** Rows that are done no longer meet the condition. */
  | 'leaves'
  /** Done again, a row gets the same values. */
  | 'same'

/** Decides it for `UPDATE … SET column = value … WHERE condition`; undefined where a row would be changed twice. */
export function repeatable(
  set: readonly { readonly column: string; readonly value: PgNode }[],
  condition: PgNode | undefined,
  others: readonly PgNode[],
  own: string,
  volatilityOf: (node: PgNode) => Volatility,
): Repeatable | undefined {
  if (condition && terms(condition).some((term) => isMetNoMore(term, set))) return 'leaves'
  const written = set.map((s) => s.column)
  const reads = [...set.map((s) => s.value), ...(condition ? [condition] : []), ...others]
  if (reads.some((node) => names(node, written, (by) => by === own))) return undefined
  return set.some(({ value }) => volatilityOf(value) === 'volatile') ? undefined : 'same'
}

/** The terms that AND joins at the top. */
function terms(node: PgNode): PgNode[] {
  return node.BoolExpr?.boolop === 'AND_EXPR' ? (node.BoolExpr.args as PgNode[]).flatMap(terms) : [node]
}

/** The values of a column that don't meet `IS [NOT] TRUE`, `IS [NOT] FALSE`. */
const BOOLEAN_TESTS: Readonly<Record<string, readonly (boolean | undefined)[]>> = {
  IS_TRUE: [false],
  IS_NOT_TRUE: [true],
  IS_FALSE: [true],
  IS_NOT_FALSE: [false],
}

/** True where a row that is done no longer meets the term: of several that OR joins it meets none. */
function isMetNoMore(term: PgNode, set: readonly { readonly column: string; readonly value: PgNode }[]): boolean {
  if (term.BoolExpr?.boolop === 'OR_EXPR')
    return (term.BoolExpr.args as PgNode[]).every((arm) => terms(arm).some((t) => isMetNoMore(t, set)))
  return set.some(({ column, value }) => excludes(term, column, value))
}

/** True where a row whose column has got the value no longer meets the term (or, the value being NULL, is as it was). */
function excludes(term: PgNode, column: string, value: PgNode): boolean {
  const isNull = value.A_Const?.isnull === true
  const test = term.NullTest
  if (test && isColumn(test.arg, column)) return test.nulltesttype === 'IS_NULL' ? !isNull : isNull
  const boolean = value.A_Const?.boolval ? value.A_Const.boolval.boolval === true : undefined
  if (isColumn(term, column)) return boolean === false
  if (term.BoolExpr?.boolop === 'NOT_EXPR' && isColumn(term.BoolExpr.args[0], column)) return boolean === true
  const truth = term.BooleanTest
  if (truth && isColumn(truth.arg, column)) return BOOLEAN_TESTS[truth.booltesttype as string]?.includes(boolean) === true
  const expr = term.A_Expr
  if (!expr || !isColumn(expr.lexpr, column)) return false
  const operator = expr.name?.[0]?.String?.sval as string
  const same = (other: PgNode): boolean => shape(plain(other)) === shape(plain(value))
  const differs = (other: PgNode): boolean => isConstant(other) && isConstant(value) && !same(other)
  if (expr.kind === 'AEXPR_OP' && operator === '=') return differs(expr.rexpr)
  if (expr.kind === 'AEXPR_OP' && operator === '<>') return same(expr.rexpr)
  if (expr.kind === 'AEXPR_DISTINCT') return same(expr.rexpr)
  const items = expr.rexpr?.List?.items as PgNode[] | undefined
  return expr.kind === 'AEXPR_IN' && operator === '=' && items?.every(differs) === true
}

function isColumn(node: PgNode | undefined, column: string): boolean {
  return (node?.ColumnRef?.fields as PgNode[] | undefined)?.at(-1)?.String?.sval === column
}

/** A constant without the casts around it. */
function plain(node: PgNode): PgNode {
  return node.TypeCast ? plain(node.TypeCast.arg) : node
}

function isConstant(node: PgNode): boolean {
  return plain(node).A_Const !== undefined
}

/** True where the tree names one of the columns, or may mean it by `*`. A name that is qualified counts only where `counts` says so of what qualifies it. */
export function names(node: unknown, columns: readonly string[], counts: (qualifier: string) => boolean): boolean {
  if (Array.isArray(node)) return node.some((n) => names(n, columns, counts))
  if (typeof node !== 'object' || node === null) return false
  const tagged = node as PgNode
  if (tagged.A_Star) return true
  const path = ((tagged.ColumnRef?.fields ?? []) as PgNode[]).map((f) => f.String?.sval as string | undefined)
  if (columns.includes(path.at(-1) ?? '') && (path.length === 1 || counts(path.at(-2) ?? ''))) return true
  return Object.values(tagged).some((value) => names(value, columns, counts))
}
