import { type PgNode, untag } from '../../sql/parser.ts'
import { strings } from '../../sql/relation.ts'
import { outputName } from '../output-name.ts'
import { fromItems } from './from.ts'
import {
  type Item,
  isColumn,
  isColumnHere,
  itemNamed,
  type Reader,
  refer,
  referTo,
  type Scope,
  type ScopeColumn,
  simpleName,
} from './scope.ts'

/** Tells the reader what a query reads, in whichever of its parts; gives the names of its columns, undefined where they are not known. */
export function readQuery(node: PgNode, reader: Reader, outer: Scope): readonly string[] | undefined {
  const [tag, s] = untag(node)
  if (tag !== 'SelectStmt') return undefined
  const queries = withQueries(s, reader, outer)
  if (s.op && s.op !== 'SETOP_NONE') {
    const inside: Scope = { items: [], queries, outer }
    const columns = readQuery({ SelectStmt: s.larg }, reader, inside)
    readQuery({ SelectStmt: s.rarg }, reader, inside)
    readExpressions([s.limitCount, s.limitOffset], reader, inside)
    return columns
  }
  if (s.valuesLists) {
    readExpressions(s.valuesLists, reader, { items: [], queries, outer })
    const first = (s.valuesLists as PgNode[])[0]?.List?.items as PgNode[] | undefined
    return first?.map((_, i) => `column${i + 1}`)
  }
  const items = fromItems(s.fromClause ?? [], reader, { items: [], queries, outer })
  const scope: Scope = { items, queries, outer }
  const columns = readTargets(s.targetList ?? [], reader, scope)
  readExpressions([s.whereClause, s.havingClause, s.windowClause, s.limitCount, s.limitOffset], reader, scope)
  // What is called as a column of the query is that column: for GROUP BY only where no table has one of that name.
  const isOutput = (expression: PgNode): boolean => columns?.includes(simpleName(expression) ?? '') ?? false
  for (const expression of [
    ...((s.sortClause ?? []) as PgNode[]).map((n) => n.SortBy?.node as PgNode),
    ...((s.distinctClause ?? []) as PgNode[]),
  ]) {
    if (!isOutput(expression)) readExpressions(expression, reader, scope)
  }
  for (const expression of (s.groupClause ?? []) as PgNode[]) {
    if (isColumnHere(simpleName(expression) ?? '', scope) || !isOutput(expression)) readExpressions(expression, reader, scope)
  }
  return columns
}

function withQueries(s: PgNode, reader: Reader, outer: Scope): Scope['queries'] {
  const ctes = ((s.withClause?.ctes ?? []) as PgNode[]).map((c) => c.CommonTableExpr as PgNode)
  if (ctes.length === 0) return outer.queries
  const queries = new Map(outer.queries)
  const isRecursive = s.withClause.recursive === true
  if (isRecursive) for (const cte of ctes) queries.set(cte.ctename, undefined)
  for (const cte of ctes) {
    const given = strings(cte.aliascolnames)
    const named = (columns: readonly string[] | undefined): readonly string[] | undefined => columns?.map((name, i) => given[i] ?? name)
    // A recursive query sees itself with the columns of its first part.
    if (isRecursive) queries.set(cte.ctename, named(firstNames(cte.ctequery, reader, { ...outer, queries })))
    const columns = named(readQuery(cte.ctequery, reader, { ...outer, queries: new Map(queries) }))
    queries.set(cte.ctename, columns && [...columns, ...searchColumns(cte)])
  }
  return queries
}

function searchColumns(cte: PgNode): string[] {
  const cycle = cte.cycle_clause as PgNode | undefined
  return [cte.search_clause?.search_seq_column, cycle?.cycle_mark_column, cycle?.cycle_path_column].filter((name) => name !== undefined)
}

/** Names of a query's columns, told to nobody: of the first part of a UNION. */
function firstNames(query: PgNode, reader: Reader, scope: Scope): readonly string[] | undefined {
  let s = query.SelectStmt as PgNode | undefined
  while (s?.op && s.op !== 'SETOP_NONE') s = s.larg as PgNode | undefined
  return s ? readQuery({ SelectStmt: s }, silent(reader), scope) : undefined
}

function silent(reader: Reader): Reader {
  return { catalog: reader.catalog, reads: () => {}, uses: () => {}, mayUse: () => {} }
}

function readTargets(list: readonly PgNode[], reader: Reader, scope: Scope): readonly string[] | undefined {
  const names: (string | undefined)[] = []
  const all = (items: readonly Item[]): void => {
    for (const item of items) names.push(...(readAll(item, reader)?.map((c) => c.name) ?? [undefined]))
  }
  for (const { ResTarget: target } of list) {
    const fields = target.val?.ColumnRef?.fields as PgNode[] | undefined
    const row = rowOf(target.val, scope)
    if (fields?.at(-1)?.A_Star) {
      const named = fields.length > 1 ? itemNamed(strings(fields.slice(0, -1)), scope) : undefined
      if (fields.length > 1) names.push(...(named ? (readAll(named, reader)?.map((c) => c.name) ?? [undefined]) : [undefined]))
      else all(scope.items.filter((i) => i.bare))
    } else if (row?.field === '*') {
      all([row.item])
    } else {
      readExpressions(target.val, reader, scope)
      const isStar = (target.val?.A_Indirection?.indirection as PgNode[] | undefined)?.at(-1)?.A_Star !== undefined
      names.push(isStar ? undefined : ((target.name as string | undefined) ?? outputName(target.val)))
    }
  }
  return names.every((name) => name !== undefined) ? names : undefined
}

function readAll(item: Item, reader: Reader): readonly ScopeColumn[] | undefined {
  if (!item.columns && item.table !== undefined) reader.mayUse(item.table)
  for (const { of } of item.columns ?? []) for (const source of of) reader.uses(source)
  return item.columns
}

/** `(alias).field` and `(alias).*`: a row by its alias, which PostgreSQL looks into. */
function rowOf(node: PgNode | undefined, scope: Scope): { item: Item; field: string; more: readonly PgNode[] } | undefined {
  const alias = simpleName(node?.A_Indirection?.arg)
  if (alias === undefined || isColumn(alias, scope) !== false) return undefined
  const item = itemNamed([alias], scope)
  const [first, ...more] = (node?.A_Indirection?.indirection ?? []) as PgNode[]
  const field = first?.A_Star ? '*' : (first?.String?.sval as string | undefined)
  return item && field !== undefined ? { item, field, more } : undefined
}

/** Tells the reader what expressions read, queries inside included. */
export function readExpressions(node: unknown, reader: Reader, scope: Scope): void {
  if (Array.isArray(node)) {
    for (const item of node) readExpressions(item, reader, scope)
    return
  }
  if (typeof node !== 'object' || node === null) return
  const tagged = node as PgNode
  if (tagged.ColumnRef) {
    refer(tagged.ColumnRef, reader, scope)
    return
  }
  if (tagged.SelectStmt) {
    readQuery(tagged, reader, { items: [], queries: scope.queries, outer: scope })
    return
  }
  const row = tagged.A_Indirection && rowOf(tagged, scope)
  if (row) {
    referTo(row.item, row.field, undefined, reader)
    readExpressions(row.more, reader, scope)
    return
  }
  if (tagged.RowExpr) readStars(tagged.RowExpr.args ?? [], reader, scope)
  // A type's modifiers look like columns: geometry(Point).
  for (const [key, value] of Object.entries(tagged)) if (key !== 'typeName') readExpressions(value, reader, scope)
}

/** `ROW(t.*)` is made of the columns. */
function readStars(args: readonly PgNode[], reader: Reader, scope: Scope): void {
  for (const arg of args) {
    const fields = arg.ColumnRef?.fields as PgNode[] | undefined
    if (!fields?.at(-1)?.A_Star) continue
    const item = itemNamed(strings(fields.slice(0, -1)), scope)
    if (item) readAll(item, reader)
  }
}
