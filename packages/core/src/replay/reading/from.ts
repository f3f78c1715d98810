import { type PgNode, untag } from '../../sql/parser.ts'
import { rangeKey, strings } from '../../sql/relation.ts'
import { functionColumns } from './function-columns.ts'
import { readExpressions, readQuery } from './query.ts'
import type { Item, Reader, Scope, ScopeColumn } from './scope.ts'

/** One part of a FROM clause: what can be named of it, and all its columns as `*` gives them. */
interface Part {
  readonly items: readonly Item[]
  readonly columns: readonly ScopeColumn[] | undefined
}

/** What a FROM clause lets the query name. `scope` is empty and knows what is around; LATERAL and functions see what stands before them. */
export function fromItems(list: readonly PgNode[], reader: Reader, scope: Scope): readonly Item[] {
  const items: Item[] = []
  for (const node of list) items.push(...part(node, reader, { ...scope, items: [...items] }).items)
  return items
}

function part(node: PgNode, reader: Reader, before: Scope): Part {
  const [tag, from] = untag(node)
  // Without LATERAL a query sees only what is around the whole FROM clause.
  const around: Scope = { ...before, items: [] }
  switch (tag) {
    case 'RangeVar':
      return range(from, reader, before)
    case 'RangeSubselect':
      return made(
        from.alias,
        readQuery(from.subquery, reader, from.lateral ? { items: [], queries: before.queries, outer: before } : around),
      )
    case 'JoinExpr':
      return join(from, reader, before)
    case 'RangeTableSample': {
      const found = part(from.relation, reader, before)
      readExpressions([from.args, from.repeatable], reader, before)
      return found
    }
    case 'RangeFunction':
      readExpressions(from.functions, reader, before)
      return known(from.alias, functionColumns(from, reader.catalog))
    case 'RangeTableFunc':
      readExpressions([from.docexpr, from.rowexpr, from.namespaces, from.columns], reader, before)
      return made(
        from.alias,
        ((from.columns ?? []) as PgNode[]).map((c) => c.RangeTableFuncCol.colname as string),
      )
    case 'JsonTable':
      readExpressions([from.context_item, from.passing, from.columns], reader, before)
      return made(from.alias, jsonColumns(from.columns ?? []))
    default:
      return { items: [{ columns: undefined, bare: true }], columns: undefined }
  }
}

function jsonColumns(list: readonly PgNode[]): string[] {
  return list.flatMap(({ JsonTableColumn: c }) => (c.columns ? jsonColumns(c.columns) : [c.name as string]))
}

function range(from: PgNode, reader: Reader, scope: Scope): Part {
  const alias = (from.alias?.aliasname ?? from.relname) as string
  if (!from.schemaname && scope.queries.has(from.relname)) return made(from.alias ?? { aliasname: alias }, scope.queries.get(from.relname))
  const table = rangeKey(from)
  reader.reads(table)
  const names = reader.catalog.tables.get(table)?.columns.map((c) => c.name) ?? reader.catalog.views.get(table)?.columns
  const columns = aliased(
    names?.map((name) => ({ name, of: [{ table, column: name }] })),
    from.alias,
  )
  return { items: [{ alias, table, columns, bare: true }], columns }
}

function made(alias: PgNode | undefined, names: readonly string[] | undefined): Part {
  return known(
    alias,
    names?.map((name) => ({ name, of: [] })),
  )
}

function known(alias: PgNode | undefined, all: readonly ScopeColumn[] | undefined): Part {
  const columns = aliased(all, alias)
  return { items: [{ ...(alias && { alias: alias.aliasname as string }), columns, bare: true }], columns }
}

function aliased(columns: readonly ScopeColumn[] | undefined, alias: PgNode | undefined): readonly ScopeColumn[] | undefined {
  const given = strings(alias?.colnames)
  return given.length === 0 ? columns : columns?.map((c, i) => ({ ...c, name: given[i] ?? c.name }))
}

function join(from: PgNode, reader: Reader, before: Scope): Part {
  const left = part(from.larg, reader, before)
  const right = part(from.rarg, reader, { ...before, items: [...before.items, ...left.items] })
  const items = [...left.items, ...right.items]
  if (from.quals) readExpressions(from.quals, reader, { ...before, items })
  const merged = from.isNatural ? shared(left, right) : strings(from.usingClause)
  for (const name of merged ?? []) {
    for (const column of [columnOf(left, name), columnOf(right, name)]) for (const source of column?.of ?? []) reader.uses(source)
  }
  const both =
    left.columns && right.columns && merged
      ? [...merged.map((name) => mergedColumn(from, left, right, name)), ...rest(left, merged), ...rest(right, merged)]
      : undefined
  for (const { columns, table } of both || !merged || merged.length > 0 ? items.filter((i) => !i.columns) : [])
    if (!columns && table !== undefined) reader.mayUse(table)
  const columns = aliased(both, from.alias)
  if (from.alias) return { items: [{ alias: from.alias.aliasname, columns, bare: true }], columns }
  const using: Item[] = from.join_using_alias
    ? [{ alias: from.join_using_alias.aliasname, columns: columns?.slice(0, merged?.length), bare: false }]
    : []
  return {
    items: [...(columns ? items.map((i) => ({ ...i, bare: false })) : items), ...using, ...(columns ? [{ columns, bare: true }] : [])],
    columns,
  }
}

function shared(left: Part, right: Part): string[] | undefined {
  const names = right.columns?.map((c) => c.name)
  return names && left.columns?.map((c) => c.name).filter((name) => names.includes(name))
}

function columnOf(side: Part, name: string): ScopeColumn | undefined {
  return side.columns?.find((c) => c.name === name)
}

/** A column that USING or NATURAL makes one of two. */
function mergedColumn(from: PgNode, left: Part, right: Part, name: string): ScopeColumn {
  const [ofLeft, ofRight] = [columnOf(left, name)?.of ?? [], columnOf(right, name)?.of ?? []]
  if (from.jointype === 'JOIN_RIGHT') return { name, of: ofRight }
  return { name, of: from.jointype === 'JOIN_FULL' ? [...ofLeft, ...ofRight] : ofLeft }
}

function rest(side: Part, merged: readonly string[]): readonly ScopeColumn[] {
  return (side.columns ?? []).filter((c) => !merged.includes(c.name))
}
