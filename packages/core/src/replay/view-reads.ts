import type { Catalog, TableName, ViewRead } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../parser.ts'
import { rangeKey, strings } from '../relation.ts'
import { outputName } from './output-name.ts'

/** What a query reads, and the names of its columns; absent where they are not known. */
export interface Reading {
  readonly reads: readonly ViewRead[]
  readonly columns?: readonly string[]
}

/** The tables and columns that a query depends on, as PostgreSQL records them for a view: every column it names or means by `*`, in whichever of its parts. */
export function readingOf(query: PgNode, catalog: Catalog): Reading {
  const reader: Reader = { catalog, reads: new Map() }
  const columns = select(query, reader, { items: [], queries: new Map() })
  const reads = [...reader.reads]
    .map(([table, read]): ViewRead => (read === 'any' ? { table } : { table, columns: [...read].sort() }))
    .sort((a, b) => (a.table < b.table ? -1 : 1))
  return { reads, ...(columns && { columns }) }
}

interface Reader {
  readonly catalog: Catalog
  readonly reads: Map<TableName, Set<string> | 'any'>
}

/** One entry of a FROM clause. */
interface Item {
  readonly alias: string
  /** Set for a table or view: naming a column of it is a dependency. */
  readonly table?: TableName
  /** What each column is called in the table, where an alias gives it another name. */
  readonly columns: readonly { readonly name: string; readonly of: string }[] | undefined
}

interface Scope {
  readonly items: readonly Item[]
  /** Columns of the queries of WITH clauses around. */
  readonly queries: ReadonlyMap<string, readonly string[] | undefined>
  readonly outer?: Scope
}

function select(node: PgNode, reader: Reader, outer: Scope): readonly string[] | undefined {
  const [tag, s] = untag(node)
  if (tag !== 'SelectStmt') return undefined
  const queries = new Map(outer.queries)
  for (const { CommonTableExpr: cte } of (s.withClause?.ctes ?? []) as PgNode[]) {
    const given = strings(cte.aliascolnames)
    // A recursive query sees itself, with the columns of its first part.
    queries.set(cte.ctename, given.length > 0 ? given : firstNames(cte.ctequery, reader, { ...outer, queries }))
    const own = select(cte.ctequery, reader, { ...outer, queries })
    queries.set(cte.ctename, given.length > 0 ? given : own)
  }
  if (s.op && s.op !== 'SETOP_NONE') {
    const inner: Scope = { ...outer, queries }
    const columns = select({ SelectStmt: s.larg }, reader, inner)
    select({ SelectStmt: s.rarg }, reader, inner)
    return columns
  }
  if (s.valuesLists) {
    walk(s.valuesLists, reader, { items: [], queries, outer })
    const first = (s.valuesLists as PgNode[])[0]?.List?.items as PgNode[] | undefined
    return first?.map((_, i) => `column${i + 1}`)
  }
  const items = ((s.fromClause ?? []) as PgNode[]).flatMap((from) => fromItem(from, reader, { items: [], queries, outer }))
  const scope: Scope = { items, queries, outer }
  const columns = targets(s.targetList ?? [], reader, scope)
  for (const join of (s.fromClause ?? []) as PgNode[]) joinConditions(join, reader, scope)
  walk([s.whereClause, s.groupClause, s.havingClause, s.windowClause, s.distinctClause, s.limitCount, s.limitOffset], reader, scope)
  for (const { SortBy: sort } of (s.sortClause ?? []) as PgNode[]) {
    const name = simpleName(sort.node)
    if (name === undefined || !columns?.includes(name)) walk(sort.node, reader, scope)
  }
  return columns
}

/** Names of a query's columns without reading anything: of the first part of a UNION. */
function firstNames(query: PgNode, reader: Reader, scope: Scope): readonly string[] | undefined {
  const s = query.SelectStmt as PgNode | undefined
  const first = s?.op && s.op !== 'SETOP_NONE' ? s.larg : s
  return first ? select({ SelectStmt: first }, { catalog: reader.catalog, reads: new Map() }, scope) : undefined
}

function targets(list: readonly PgNode[], reader: Reader, scope: Scope): readonly string[] | undefined {
  const names: string[] = []
  let known = true
  for (const { ResTarget: target } of list) {
    const fields = target.val?.ColumnRef?.fields as PgNode[] | undefined
    if (fields?.at(-1)?.A_Star) {
      const qualifier = fields.at(-2)?.String?.sval as string | undefined
      for (const item of scope.items.filter((i) => qualifier === undefined || i.alias === qualifier)) {
        if (!item.columns) known = false
        if (!item.columns && item.table) reader.reads.set(item.table, 'any')
        for (const { name, of } of item.columns ?? []) {
          if (item.table) add(reader, item.table, of)
          names.push(name)
        }
      }
    } else {
      walk(target.val, reader, scope)
      names.push((target.name as string | undefined) ?? outputName(target.val))
    }
  }
  return known ? names : undefined
}

function fromItem(node: PgNode, reader: Reader, scope: Scope): Item[] {
  const [tag, from] = untag(node)
  switch (tag) {
    case 'RangeVar':
      return [rangeItem(from, reader, scope)]
    case 'RangeSubselect': {
      const columns = select(from.subquery, reader, scope)
      return [derived(from.alias, columns)]
    }
    case 'JoinExpr': {
      const left = fromItem(from.larg, reader, scope)
      const right = fromItem(from.rarg, reader, { ...scope, items: [...scope.items, ...left] })
      return from.alias ? [...left, ...right, { alias: from.alias.aliasname, columns: undefined }] : [...left, ...right]
    }
    default:
      walk(from.functions ?? from, reader, scope)
      return [derived(from.alias, undefined)]
  }
}

function rangeItem(range: PgNode, reader: Reader, scope: Scope): Item {
  const alias = (range.alias?.aliasname ?? range.relname) as string
  if (!range.schemaname && scope.queries.has(range.relname)) return derived(range.alias ?? { aliasname: alias }, scope.queries.get(range.relname))
  const table = rangeKey(range)
  const names = reader.catalog.tables.get(table)?.columns.map((c) => c.name) ?? reader.catalog.views.get(table)?.columns
  if (!reader.reads.has(table)) reader.reads.set(table, new Set())
  const given = strings(range.alias?.colnames)
  return { alias, table, columns: names?.map((of, i) => ({ name: given[i] ?? of, of })) }
}

function derived(alias: PgNode | undefined, columns: readonly string[] | undefined): Item {
  const given = strings(alias?.colnames)
  return { alias: alias?.aliasname ?? '', columns: columns?.map((of, i) => ({ name: given[i] ?? of, of })) }
}

/** ON, USING and NATURAL: the columns of both sides that are compared. */
function joinConditions(node: PgNode, reader: Reader, scope: Scope): void {
  const join = node.JoinExpr as PgNode | undefined
  if (!join) return
  joinConditions(join.larg, reader, scope)
  joinConditions(join.rarg, reader, scope)
  if (join.quals) walk(join.quals, reader, scope)
  const [left, right] = [itemsOf(join.larg, reader, scope), itemsOf(join.rarg, reader, scope)]
  const names = (items: readonly Item[]): string[] => items.flatMap((i) => (i.columns ?? []).map((c) => c.name))
  const merged = join.isNatural ? names(left).filter((n) => names(right).includes(n)) : strings(join.usingClause)
  for (const name of merged) for (const item of [...left, ...right]) readColumn(reader, item, name)
}

function itemsOf(node: PgNode, reader: Reader, scope: Scope): Item[] {
  return fromItem(node, { catalog: reader.catalog, reads: new Map() }, { ...scope, items: [] })
}

function readColumn(reader: Reader, item: Item, name: string): boolean {
  const found = item.columns?.find((c) => c.name === name)
  if (found && item.table) add(reader, item.table, found.of)
  return found !== undefined
}

function walk(node: unknown, reader: Reader, scope: Scope): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, reader, scope)
  } else if (typeof node === 'object' && node !== null) {
    const tagged = node as PgNode
    if (tagged.ColumnRef) reference(strings(tagged.ColumnRef.fields), reader, scope)
    else if (tagged.SelectStmt) select(tagged, reader, { items: [], queries: scope.queries, outer: scope })
    else for (const value of Object.values(tagged)) walk(value, reader, scope)
  }
}

function reference(path: readonly (string | undefined)[], reader: Reader, scope: Scope): void {
  const name = path.at(-1)
  const qualifier = path.length > 1 ? path.at(-2) : undefined
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const items = at.items.filter((i) => qualifier === undefined || i.alias === qualifier)
    if (name === undefined) {
      // `t.*` inside an expression names the row as a whole.
      if (items.length > 0) return
      continue
    }
    if (items.some((item) => readColumn(reader, item, name))) return
    const open = items.filter((i) => !i.columns)
    for (const item of open) if (item.table) reader.reads.set(item.table, 'any')
    // A whole row by its alias, or a column of something that is not known.
    if (open.length > 0 || at.items.some((i) => i.alias === name) || (qualifier !== undefined && items.length > 0)) return
  }
}

function add(reader: Reader, table: TableName, column: string): void {
  const read = reader.reads.get(table)
  if (read === 'any') return
  if (read) read.add(column)
  else reader.reads.set(table, new Set([column]))
}

function simpleName(node: PgNode): string | undefined {
  const fields = node.ColumnRef?.fields as PgNode[] | undefined
  return fields?.length === 1 ? fields[0]?.String?.sval : undefined
}
