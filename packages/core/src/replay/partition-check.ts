import type { Catalog, Table } from '../catalog/catalog.ts'
import { type PgNode, parseStatement } from '../sql/parser.ts'
import { quoteName, quoteText } from '../sql/sql.ts'

/** Types whose values a bound holds as they are written, and which PostgreSQL compares without casting the column. */
const PLAIN: ReadonlySet<string> = new Set([
  ...['smallint', 'integer', 'bigint', 'numeric', 'text', 'uuid', 'date'],
  ...['timestamp with time zone', 'timestamp without time zone'],
])

/**
 * The condition that DETACH PARTITION … CONCURRENTLY leaves on the table as a CHECK; `none` where it leaves none; undefined where it can't be told what it says, or
 * whether the table's own CHECKs say it already (DetachAddConstraintIfNeeded in src/backend/commands/tablecmds.c).
 */
export function checkOfBound(catalog: Catalog, table: Table, parent: Table | undefined): string | 'none' | undefined {
  if (parent?.partitionedBy === undefined || table.bound === undefined) return undefined
  const { partspec } = parseStatement(`CREATE TABLE t () PARTITION BY ${parent.partitionedBy}`).CreateStmt as PgNode
  if (partspec.strategy === 'PARTITION_STRATEGY_HASH') return 'none'
  const [element, ...more] = (partspec.partParams as PgNode[]).map((p) => p.PartitionElem as PgNode)
  const column = table.columns.find((c) => c.name === element?.name)
  if (!column || more.length > 0 || element?.collation || element?.opclass || parent.kind === 'partition') return undefined
  if (table.constraints.some((c) => c.kind === 'check' && (c.columns.length === 0 || c.columns.includes(column.name)))) return undefined
  if (!PLAIN.has(column.type) && !catalog.enums.has(column.type)) return undefined
  const { partbound } = parseStatement(`CREATE TABLE t PARTITION OF p ${table.bound}`).CreateStmt as PgNode
  const terms = partbound.strategy === 'l' ? termsOfList(column, partbound.listdatums) : termsOfRange(column, partbound)
  // What may not be NULL says so itself.
  return terms?.length === 1 && column.notNull && partbound.strategy === 'r' ? 'none' : terms?.join(' AND ')
}

interface Key {
  readonly name: string
  readonly type: string
}

function termsOfRange({ name, type }: Key, bound: PgNode): string[] | undefined {
  const side = (operator: string, [datum]: readonly PgNode[]): string | undefined => {
    if (isOpen(datum)) return ''
    const value = literal(datum)
    return value === undefined ? undefined : `${quoteName(name)} ${operator} ${quoteText(value)}::${type}`
  }
  const sides = [side('>=', bound.lowerdatums ?? []), side('<', bound.upperdatums ?? [])]
  if (sides.includes(undefined)) return undefined
  return [`${quoteName(name)} IS NOT NULL`, ...sides.filter((s) => s !== undefined && s !== '')] as string[]
}

function termsOfList({ name, type }: Key, datums: readonly PgNode[] = []): string[] | undefined {
  const column = quoteName(name)
  const values = datums.filter((d) => !isNull(d)).map(literal)
  // An array as text needs no quotes around what is that plain.
  if (!values.every((v) => v !== undefined && (values.length === 1 || /^[\w-]+$/.test(v)))) return undefined
  const isOne =
    values.length === 1
      ? `${column} = ${quoteText(values[0] as string)}::${type}`
      : `${column} = ANY (${quoteText(`{${values}}`)}::${type}[])`
  if (values.length === datums.length) return [`${column} IS NOT NULL`, isOne]
  return [values.length === 0 ? `${column} IS NULL` : `(${column} IS NULL OR ${isOne})`]
}

function isNull(datum: PgNode): boolean {
  return datum.A_Const?.isnull === true
}

/** MINVALUE and MAXVALUE. */
function isOpen(datum: PgNode | undefined): boolean {
  return ['minvalue', 'maxvalue'].includes(datum?.ColumnRef?.fields?.[0]?.String?.sval)
}

function literal(datum: PgNode | undefined): string | undefined {
  const constant = datum?.A_Const as PgNode | undefined
  if (!constant || constant.isnull || constant.boolval) return undefined
  if (constant.sval) return (constant.sval.sval as string | undefined) ?? ''
  return constant.ival ? String(constant.ival.ival ?? 0) : (constant.fval?.fval as string | undefined)
}
