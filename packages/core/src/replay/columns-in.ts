import type { Catalog, TableName } from '../catalog/catalog.ts'
import { column } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import { type PgNode, SqlSyntaxError, untag } from '../sql/parser.ts'
import { printedName } from '../sql/printed-name.ts'
import { rangeKey, splitKey, strings } from '../sql/relation.ts'
import { tokensIn } from '../sql/tokens.ts'
import { EXPRESSION_BASE, unquoted } from './names-in.ts'

/** What an unqualified name may be a column of: an expression's own table, or what a subquery reads. */
interface Scope {
  readonly alias: string
  /** Absent: something whose columns are not known. */
  readonly table?: TableName
}

/** The place of a column's name in an expression: of which table, or `undefined` where that can't be told. */
interface ColumnUse {
  readonly name: string
  readonly table: TableName | undefined
  /** Byte offset of the reference, and which of its parts the name is. */
  readonly location: number
  readonly part: number
}

/** A column of a table. */
export interface ColumnOf {
  readonly table: TableName
  readonly name: string
}

/**
 * The expression, of a table or (undefined) of none, with a column called otherwise; the same text where it does not name it, undefined where that can't be
 * told or done.
 */
export function columnRespelled(
  catalog: Catalog,
  text: string,
  of: TableName | undefined,
  { table, name }: ColumnOf,
  to: string,
): string | undefined {
  if (!text.toLowerCase().includes(name.toLowerCase())) return text
  const uses = columnUses(catalog, text, of).filter((use) => use.name === name)
  if (uses.some((use) => use.table === undefined)) return undefined
  const bytes = Buffer.from(text)
  const patches: { start: number; end: number }[] = []
  for (const { location, part } of uses.filter((use) => use.table === table)) {
    const token = tokensIn(bytes, location)[part * 2]
    if (!token || unquoted(token.text) !== name) return undefined
    patches.push(token)
  }
  let from = 0
  const pieces: string[] = []
  for (const { start, end } of patches.sort((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(from, start).toString(), printedName(to))
    from = end
  }
  return pieces.join('') + bytes.subarray(from).toString()
}

/** True where the expression names the column, or may. */
export function namesColumn(catalog: Catalog, text: string, of: TableName | undefined, { table, name }: ColumnOf): boolean {
  if (!text.toLowerCase().includes(name.toLowerCase())) return false
  return columnUses(catalog, text, of).some((use) => use.name === name && (use.table === table || use.table === undefined))
}

function columnUses(catalog: Catalog, text: string, of: TableName | undefined): ColumnUse[] {
  const found: ColumnUse[] = []
  const own = of === undefined ? [] : [splitKey(of)[1], 'new', 'old', 'excluded'].map((alias): Scope => ({ alias, table: of }))
  walk(treeOf(text), [own.slice(0, 1), own.slice(1)], { catalog, found })
  return found.map((use) => ({ ...use, location: use.location - EXPRESSION_BASE }))
}

interface Walk {
  readonly catalog: Catalog
  readonly found: ColumnUse[]
}

/** `scopes`: innermost first. */
function walk(node: unknown, scopes: readonly (readonly Scope[])[], context: Walk): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, scopes, context)
  } else if (typeof node === 'object' && node !== null) {
    const fields = node as PgNode
    const inner = Array.isArray(fields.fromClause) ? [fields.fromClause.flatMap((f: PgNode) => scopesOf(f)), ...scopes] : scopes
    if (fields.ColumnRef) reference(fields.ColumnRef, scopes, context)
    for (const value of Object.values(fields)) walk(value, inner, context)
  }
}

function scopesOf(node: PgNode): Scope[] {
  const [tag, from] = untag(node)
  if (tag === 'JoinExpr')
    return [...scopesOf(from.larg), ...scopesOf(from.rarg), ...(from.alias ? [{ alias: from.alias.aliasname as string }] : [])]
  if (tag !== 'RangeVar') return [{ alias: (from.alias?.aliasname as string | undefined) ?? '' }]
  const alias = (from.alias?.aliasname ?? from.relname) as string
  return [from.alias?.colnames ? { alias } : { alias, table: rangeKey(from) }]
}

function reference(ref: PgNode, scopes: readonly (readonly Scope[])[], { catalog, found }: Walk): void {
  const parts = strings(ref.fields)
  const name = parts.at(-1)
  if (name === undefined) return
  const location = (ref.location as number | undefined) ?? 0
  const add = (table: TableName | undefined): void => void found.push({ name, table, location, part: parts.length - 1 })
  for (const scope of scopes) {
    const items = parts.length > 1 ? scope.filter((s) => s.alias === parts.at(-2)) : scope
    const owner = items.find((s) => s.table !== undefined && hasColumn(catalog, s.table, name))
    if (owner || items.some((s) => s.table === undefined || !isKnown(catalog, s.table))) {
      add(owner?.table)
      return
    }
  }
}

function hasColumn(catalog: Catalog, table: TableName, name: string): boolean {
  return column(catalog.tables.get(table), name) !== undefined || catalog.views.get(table)?.columns?.includes(name) === true
}

function isKnown(catalog: Catalog, table: TableName): boolean {
  return catalog.tables.has(table) || catalog.views.get(table)?.columns !== undefined
}

function treeOf(expression: string): PgNode {
  try {
    return parseExpression(expression)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return {}
    throw error
  }
}
