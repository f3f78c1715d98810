// biome-ignore lint/style/noRestrictedImports: parsing needs it; loading a grammar is no effect on the world.
import { createRequire } from 'node:module'
import { rememberedTexts } from '../remembered.ts'
import { type PgNode, parseStatement, SqlSyntaxError, shape } from './parser.ts'
import { quoteName } from './sql.ts'

/** pgsql-ast-parser compiles its grammar when it is loaded, a fifth of a second: only where an expression is looked into. */
let loaded: typeof import('pgsql-ast-parser') | undefined
function astParser(): typeof import('pgsql-ast-parser') {
  loaded ??= createRequire(import.meta.url)('pgsql-ast-parser') as typeof import('pgsql-ast-parser')
  return loaded
}

/**
 * The tree of a SQL expression by PostgreSQL's grammar; it must not be changed, for a history writes the same few expressions again and again and each is parsed
 * once. Throws {@link SqlSyntaxError} for anything that is not one expression.
 */
export function parseExpression(expression: string): PgNode {
  const found = treeOf(expression)
  if (found instanceof SqlSyntaxError) throw found
  return found
}

const treeOf = rememberedTexts((expression): PgNode | SqlSyntaxError => {
  try {
    const select = parseStatement(`SELECT (${expression}\n)`) as { SelectStmt?: { targetList?: { ResTarget: { val: PgNode } }[] } }
    return select.SelectStmt?.targetList?.[0]?.ResTarget.val ?? {}
  } catch (error) {
    if (error instanceof SqlSyntaxError) return error
    throw error
  }
})

/**
 * Columns that an expression names, unqualified, each once; undefined where it can't be told (a subquery, `row.*`). PostgreSQL's own tree is
 * walked; where pgsql-ast-parser reads the expression too and sees other columns, the answer is undefined.
 */
export const columnsOf = rememberedTexts((expression): readonly string[] | undefined => {
  const found = new Set<string>()
  if (!walkColumns(parseExpression(expression), found)) return undefined
  const second = columnsByAst(expression)
  return second && [...second].sort().join('\0') !== [...found].sort().join('\0') ? undefined : [...found]
})

/** True where an expression names the column, or may name it for all that can be told. */
export function mayName(expression: string, column: string): boolean {
  // Most expressions do not even hold the word: only what may stand for any column, or spell it otherwise, is looked into then.
  const isSpelled = expression.toLowerCase().includes(column.toLowerCase())
  if (!isSpelled && !/\*|select|u&/i.test(expression)) return false
  const found = new Set<string>()
  return !walkColumns(parseExpression(expression), found) || found.has(column)
}

function walkColumns(node: unknown, found: Set<string>): boolean {
  if (Array.isArray(node)) return node.every((n) => walkColumns(n, found))
  if (typeof node !== 'object' || node === null) return true
  const tagged = node as PgNode
  if (tagged.SubLink || tagged.A_Star) return false
  if (tagged.ColumnRef) {
    const last = (tagged.ColumnRef.fields as PgNode[]).at(-1)?.String?.sval
    if (last !== undefined) found.add(last)
    return last !== undefined
  }
  return Object.values(tagged).every((v) => walkColumns(v, found))
}

function columnsByAst(expression: string): Set<string> | undefined {
  try {
    const { astVisitor, parse } = astParser()
    const found = new Set<string>()
    astVisitor(() => ({ ref: (r) => void found.add(r.name) })).expr(parse(expression, 'expr'))
    return found
  } catch {
    return undefined
  }
}

/**
 * The expression with one column renamed, or undefined where that can't be done surely: the printed result counts only if PostgreSQL's parser
 * reads it as the same tree but for that name.
 */
export function renameColumn(expression: string, from: string, to: string): string | undefined {
  if (!mayName(expression, from)) return expression
  if (!columnsOf(expression)) return undefined
  let printed: string
  try {
    const { astMapper, parse, toSql } = astParser()
    const ast = astMapper(() => ({ ref: (r) => (r.name === from ? { ...r, name: to } : r) })).expr(parse(expression, 'expr'))
    if (!ast) return undefined
    printed = toSql.expr(ast)
  } catch {
    return undefined
  }
  const wanted = shape(parseExpression(expression)).replaceAll(columnShape(from), columnShape(to))
  return readsAs(printed, wanted) ? printed : undefined
}

function readsAs(printed: string, wanted: string): boolean {
  try {
    return shape(parseExpression(printed)) === wanted
  } catch {
    return false
  }
}

function columnShape(name: string): string {
  return `{"ColumnRef":{"fields":[${JSON.stringify({ String: { sval: name } })}]}}`
}

/** The expression over one row variable's fields: `lower(email)` for a trigger's NEW, without touching the expression's text. */
export function overRow(expression: string, row: 'NEW' | 'OLD'): string {
  const columns = columnsOf(expression)
  return columns?.length === 0 ? `(${expression})` : `(SELECT ${expression} FROM (SELECT ${row}.*) AS ${quoteName('row')})`
}
