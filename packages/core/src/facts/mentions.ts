import { parseExpression } from '../sql/expression.ts'
import type { PgNode } from '../sql/parser.ts'

/** True where an expression names the column, or a whole row, anywhere: a subquery's own column of that name counts, for which table it is of is not known. */
export function mentions(expression: string | undefined, column: string): boolean {
  return expression !== undefined && mentionsIn(parseExpression(expression), column)
}

/** The same of a tree. */
export function mentionsIn(node: unknown, column: string): boolean {
  if (Array.isArray(node)) return node.some((n) => mentionsIn(n, column))
  if (typeof node !== 'object' || node === null) return false
  const reference = (node as PgNode).ColumnRef
  if (!reference) return Object.values(node).some((n) => mentionsIn(n, column))
  const last = (reference.fields as PgNode[]).at(-1) as PgNode
  return last.A_Star !== undefined || last.String?.sval === column
}
