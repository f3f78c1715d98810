import { isExpression } from '../replay/slice.ts'
import { type PgNode, parseStatement, SqlSyntaxError, scan, shape, type Token } from './parser.ts'
import { sliceBytes } from './sql.ts'

/** The clauses of an UPDATE or DELETE as they were written. */
export interface Clauses {
  readonly alias?: string
  readonly with?: string
  readonly from?: string
  readonly set: readonly { readonly column: string; readonly expression: string }[]
  readonly where?: string
}

/**
 * Takes an UPDATE or DELETE apart, the text of each clause sliced out of the source. Undefined where a slice does not read as what PostgreSQL's tree has in its
 * place, and for forms that have no such parts: `SET (a, b) = (…)`, `WHERE CURRENT OF`.
 */
export function clausesOf(sql: string, fields: PgNode): Clauses | undefined {
  const tokens = scan(sql).filter((t) => t.name !== 'SQL_COMMENT' && t.name !== 'C_COMMENT')
  const top = topLevel(tokens)
  const isUpdate = fields.targetList !== undefined
  const verb = top.findIndex((t) => is(t, isUpdate ? 'UPDATE' : 'DELETE'))
  const at = (word: string): number => top.findIndex((t, i) => i > verb && is(t, word) && !is(top[i - 1], 'DISTINCT'))
  const places = {
    set: isUpdate ? at('SET') : -1,
    from: isUpdate ? fromAt(top, at('SET')) : at('USING'),
    where: at('WHERE'),
    end: at('RETURNING'),
  }
  const text = (start: number, ...ends: readonly number[]): string | undefined => {
    if (start < 0) return undefined
    const end = Math.min(...ends.filter((e) => e > start).map((e) => top[e]?.start ?? Number.POSITIVE_INFINITY), tokens.at(-1)?.end ?? 0)
    return sliceBytes(sql, top[start]?.end ?? 0, end).trim()
  }
  const set = isUpdate ? assignments(text(places.set, places.from, places.where, places.end) ?? '', fields.targetList) : []
  const from = text(places.from, places.where, places.end)
  const where = text(places.where, places.end)
  const queries = verb > 0 ? sliceBytes(sql, top[0]?.end ?? 0, top[verb]?.start).trim() : undefined
  if (!set || !readsAs(from, fields.fromClause ?? fields.usingClause) || !whereReads(where, fields.whereClause)) return undefined
  if ((queries !== undefined) !== (fields.withClause !== undefined)) return undefined
  return {
    ...(fields.relation.alias && { alias: `"${(fields.relation.alias.aliasname as string).replaceAll('"', '""')}"` }),
    ...(queries !== undefined && { with: queries }),
    ...(from !== undefined && { from }),
    set,
    ...(where !== undefined && { where }),
  }
}

function is(token: Token | undefined, word: string): boolean {
  return token !== undefined && token.name !== 'SCONST' && token.name !== 'IDENT' && token.text.toUpperCase() === word
}

/** Tokens outside all brackets and outside CASE … END. */
function topLevel(tokens: readonly Token[]): Token[] {
  const out: Token[] = []
  let depth = 0
  for (const token of tokens) {
    if (token.text === ')' || token.text === ']' || is(token, 'END')) depth--
    if (depth === 0) out.push(token)
    if (token.text === '(' || token.text === '[' || is(token, 'CASE')) depth++
  }
  return out
}

/** FROM behind SET, but none of `IS DISTINCT FROM`. */
function fromAt(top: readonly Token[], set: number): number {
  return top.findIndex((t, i) => i > set && is(t, 'FROM') && !is(top[i - 1], 'DISTINCT'))
}

function assignments(text: string, targets: readonly PgNode[]): { column: string; expression: string }[] | undefined {
  const parts = splitAtCommas(text)
  if (parts.length !== targets.length) return undefined
  const out: { column: string; expression: string }[] = []
  for (const [i, part] of parts.entries()) {
    const target = targets[i]?.ResTarget as PgNode | undefined
    const equals = scan(part).find((t) => t.text === '=')
    if (!target || target.indirection || !equals) return undefined
    const expression = sliceBytes(part, equals.end).trim()
    if (target.val.SetToDefault || target.val.MultiAssignRef || !isExpression(expression, target.val)) return undefined
    out.push({ column: target.name, expression })
  }
  return out
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = []
  let from = 0
  let depth = 0
  for (const token of scan(text)) {
    if (token.text === '(' || token.text === '[') depth++
    if (token.text === ')' || token.text === ']') depth--
    if (token.text === ',' && depth === 0) {
      parts.push(sliceBytes(text, from, token.start))
      from = token.end
    }
  }
  return [...parts, sliceBytes(text, from)]
}

function readsAs(from: string | undefined, nodes: readonly PgNode[] | undefined): boolean {
  if (from === undefined || nodes === undefined) return from === undefined && nodes === undefined
  try {
    return shape(parseStatement(`SELECT FROM ${from}`).SelectStmt.fromClause) === shape(nodes)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return false
    throw error
  }
}

function whereReads(where: string | undefined, node: PgNode | undefined): boolean {
  if (where === undefined || node === undefined) return where === undefined && node === undefined
  return isExpression(where, node)
}
