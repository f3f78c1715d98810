import type { Catalog, Column, Table } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../parser.ts'
import { rangeKey, strings } from '../relation.ts'
import { typeName } from '../type-name.ts'
import { outputName } from './output-name.ts'

/** The columns that CREATE TABLE AS makes of a query: columns of known tables and casts; undefined where one of them is anything else. */
export function columnsOfQuery(query: PgNode, catalog: Catalog): readonly Column[] | undefined {
  const [tag, select] = untag(query)
  if (tag !== 'SelectStmt' || select.valuesLists || select.withClause) return undefined
  if (select.op && select.op !== 'SETOP_NONE') return undefined
  const from = ((select.fromClause ?? []) as PgNode[]).flatMap((f) => tablesOf(f, catalog))
  const columns: Column[] = []
  for (const { ResTarget: target } of (select.targetList ?? []) as PgNode[]) {
    const found = columnsOfTarget(target, from)
    if (!found) return undefined
    columns.push(...found)
  }
  return columns
}

interface Source {
  readonly alias: string
  readonly table: Table | undefined
}

function tablesOf(node: PgNode, catalog: Catalog): Source[] {
  const [tag, from] = untag(node)
  if (tag === 'RangeVar') return [{ alias: from.alias?.aliasname ?? from.relname, table: from.alias?.colnames ? undefined : catalog.tables.get(rangeKey(from)) }]
  if (tag === 'JoinExpr' && !from.alias && !from.usingClause && !from.isNatural) return [...tablesOf(from.larg, catalog), ...tablesOf(from.rarg, catalog)]
  return [{ alias: from.alias?.aliasname ?? '', table: undefined }]
}

function columnsOfTarget(target: PgNode, from: readonly Source[]): Column[] | undefined {
  const [tag, value] = untag(target.val)
  if (tag === 'TypeCast') return [{ name: target.name ?? outputName(target.val), type: typeName(value.typeName), notNull: false }]
  if (tag !== 'ColumnRef') return undefined
  const path = strings(value.fields)
  const isStar = (value.fields as PgNode[]).at(-1)?.A_Star !== undefined
  const sources = path.length > 1 ? from.filter((s) => s.alias === path.at(-2)) : from
  if (sources.some((s) => !s.table)) return undefined
  const all = sources.flatMap((s) => s.table?.columns ?? [])
  const found = isStar ? all : all.filter((c) => c.name === path.at(-1))
  if (!isStar && found.length !== 1) return undefined
  return found.map(({ name, type, collation }) => ({ name: isStar ? name : (target.name ?? name), type, notNull: false, ...(collation !== undefined && { collation }) }))
}
