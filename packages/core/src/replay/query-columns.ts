import type { Catalog, Column } from '../catalog/catalog.ts'
import { typeOf, UNKNOWN } from '../facts/expression-type.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { rangeKey, strings } from '../sql/relation.ts'
import { typeName } from '../sql/type-name.ts'
import { outputName } from './output-name.ts'

/** The columns that CREATE TABLE AS makes of a query: columns of known tables, casts, constants and a few functions; undefined where one of them is anything else. */
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
  readonly columns: readonly Column[] | undefined
}

function tablesOf(node: PgNode, catalog: Catalog): Source[] {
  const [tag, from] = untag(node)
  if (tag === 'RangeVar') {
    const names = strings(from.alias?.colnames)
    const columns = catalog.tables.get(rangeKey(from))?.columns.map((c, i) => ({ ...c, name: names[i] ?? c.name }))
    return [{ alias: from.alias?.aliasname ?? from.relname, columns }]
  }
  if (tag === 'JoinExpr' && !from.alias && !from.usingClause && !from.isNatural)
    return [...tablesOf(from.larg, catalog), ...tablesOf(from.rarg, catalog)]
  return [{ alias: from.alias?.aliasname ?? '', columns: undefined }]
}

function columnsOfTarget(target: PgNode, from: readonly Source[]): readonly Column[] | undefined {
  const reference = target.val.ColumnRef as PgNode | undefined
  if (reference?.fields?.at(-1)?.A_Star) return star(reference, from)?.map((c) => made(c.name, c.type, c.collation))
  const [type, collation] = typed(target.val, from) ?? []
  return type === undefined ? undefined : [made((target.name as string | undefined) ?? outputName(target.val), type, collation)]
}

function made(name: string, type: string, collation: string | undefined): Column {
  return { name, type, notNull: false, ...(collation !== undefined && { collation }) }
}

function star(reference: PgNode, from: readonly Source[]): readonly Column[] | undefined {
  const path = strings((reference.fields as PgNode[]).slice(0, -1))
  const sources = path.length > 0 ? from.filter((s) => s.alias === path.at(-1)) : from
  return sources.length > 0 && sources.every((s) => s.columns) ? sources.flatMap((s) => s.columns ?? []) : undefined
}

function columnOf(reference: PgNode, from: readonly Source[]): Column | undefined {
  const path = strings(reference.fields)
  const found = star({ fields: [...(reference.fields as PgNode[]).slice(0, -1), {}] }, from)?.filter((c) => c.name === path.at(-1))
  return found?.length === 1 ? found[0] : undefined
}

/** Type and collation of an expression; undefined where they can't be told. A bare literal is text. */
function typed(node: PgNode, from: readonly Source[]): readonly [type: string, collation?: string | undefined] | undefined {
  if (node.ColumnRef) {
    const column = columnOf(node.ColumnRef, from)
    return column && [column.type, column.collation]
  }
  if (node.TypeCast) {
    const type = typeName(node.TypeCast.typeName)
    if (!holdsColumn(node.TypeCast.arg)) return [type]
    // A text that is cast keeps the collation of what it was.
    const inner = typed(node.TypeCast.arg, from)
    if (inner && inner[1] === undefined) return [type]
    return inner && isText(type) ? [type, inner[1]] : isText(type) ? undefined : [type]
  }
  if (node.FuncCall && strings(node.FuncCall.funcname).at(-1) === 'count') return ['bigint']
  if (holdsColumn(node)) return undefined
  const type = typeOf(node)
  return type === undefined ? undefined : [type === UNKNOWN ? 'text' : type]
}

function isText(type: string): boolean {
  return !/^(smallint|integer|bigint|numeric|real|double|boolean|date|time|interval|uuid|json|bytea|bit)/.test(type)
}

function holdsColumn(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false
  return 'ColumnRef' in node || 'SubLink' in node || Object.values(node).some(holdsColumn)
}
