// biome-ignore lint/style/noRestrictedImports: parsing needs it; loading a grammar is no effect on the world.
import { createRequire } from 'node:module'
import { type PgNode, parseStatement, shape } from './parser.ts'
import { quoteName } from './sql.ts'

/** pgsql-ast-parser compiles its grammar when it is loaded, a fifth of a second: only where an expression is looked into. */
let loaded: typeof import('pgsql-ast-parser') | undefined
function astParser(): typeof import('pgsql-ast-parser') {
  loaded ??= createRequire(import.meta.url)('pgsql-ast-parser') as typeof import('pgsql-ast-parser')
  return loaded
}

/** The tree of a SQL expression by PostgreSQL's grammar. Throws {@link SqlSyntaxError} for anything that is not one expression. */
export function parseExpression(expression: string): PgNode {
  const select = parseStatement(`SELECT (${expression}\n)`) as { SelectStmt?: { targetList?: { ResTarget: { val: PgNode } }[] } }
  return select.SelectStmt?.targetList?.[0]?.ResTarget.val ?? {}
}

/**
 * Columns that an expression names, unqualified, each once; undefined where it can't be told (a subquery, `row.*`). PostgreSQL's own tree is
 * walked; where pgsql-ast-parser reads the expression too and sees other columns, the answer is undefined.
 */
export function columnsOf(expression: string): readonly string[] | undefined {
  const found = new Set<string>()
  if (!walkColumns(parseExpression(expression), found)) return undefined
  const second = columnsByAst(expression)
  return second && [...second].sort().join('\0') !== [...found].sort().join('\0') ? undefined : [...found]
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
  const columns = columnsOf(expression)
  if (!columns) return undefined
  if (!columns.includes(from)) return expression
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

export type Volatility = 'immutable' | 'stable' | 'volatile'

const IMMUTABLE = new Set(
  'lower upper md5 length coalesce abs round floor ceil concat_ws replace trim btrim ltrim rtrim substring substr left right to_json to_jsonb jsonb_build_object jsonb_build_array array_length lpad rpad make_date make_interval nullif greatest least'.split(
    ' ',
  ),
)
const STABLE = new Set(
  'now transaction_timestamp statement_timestamp current_setting current_database current_schema timezone date_trunc to_char to_timestamp to_date age txid_current concat'.split(
    ' ',
  ),
)

/** Volatility of a default as PostgreSQL's planner would see it. A function that is not known counts as volatile. */
export function volatility(node: unknown, functions: ReadonlyMap<string, Volatility> = new Map()): Volatility {
  if (Array.isArray(node)) return weakest(node.map((n) => volatility(n, functions)))
  if (typeof node !== 'object' || node === null) return 'immutable'
  const tagged = node as PgNode
  const inner = weakest(Object.values(tagged).map((v) => volatility(v, functions)))
  if (tagged.SQLValueFunction) return 'stable'
  if (tagged.FuncCall) return weakest([functionVolatility(tagged.FuncCall.funcname, functions), inner])
  // A text cast to a date or time may read the clock: 'now'::timestamp.
  return inner
}

function functionVolatility(path: readonly PgNode[], functions: ReadonlyMap<string, Volatility>): Volatility {
  const names = path.map((n) => n.String?.sval as string)
  const name = names.at(-1) ?? ''
  const own = functions.get(`${quoteName(names.at(-2) ?? 'public')}.${quoteName(name)}`)
  if (own) return own
  return IMMUTABLE.has(name) ? 'immutable' : STABLE.has(name) ? 'stable' : 'volatile'
}

function weakest(all: readonly Volatility[]): Volatility {
  if (all.includes('volatile')) return 'volatile'
  return all.includes('stable') ? 'stable' : 'immutable'
}
