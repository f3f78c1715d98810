import type { Constraint, Table } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import { parseExpression } from '../sql/expression.ts'
import { type PgNode, sameTree } from '../sql/parser.ts'
import { displayTable, isNewTable, rangeKey, rangeSql, type TableAction } from '../sql/relation.ts'
import { objectName, quoteName } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'
import { catalogAt, type Finding } from './finding.ts'
import { KINDS } from './kinds.ts'

/** ATTACH PARTITION reads the table that it attaches, and the default partition, unless a CHECK proves what it would look for. */
export function attached(action: TableAction, statement: Statement, migration: Migration): Finding[] {
  const command = action.cmd.def.PartitionCmd as PgNode
  const child = rangeKey(command.name)
  const catalog = catalogAt(statement, migration)
  const parent = catalog.tables.get(action.table)
  const other = [...catalog.tables].find(([, t]) => t.parents?.[0] === action.table && t.bound?.toUpperCase().trim() === 'DEFAULT')
  const isDefault = command.bound?.is_default === true
  const scansDefault = other !== undefined && !isDefault && !isNewTable(migration, other[0], statement.index)
  const isFree = isNewTable(migration, child, statement.index) || (!isDefault && proves(catalog.tables.get(child), parent, command.bound))
  if (isFree && !scansDefault) return []
  const bare = quoteName(objectName(command.name.relname as string, 'bounds'))
  const own = isFree
    ? ''
    : `Run ALTER TABLE ${rangeSql(command.name)} ADD CONSTRAINT ${bare} CHECK (… its bounds, and that the key is not NULL …) NOT VALID; VALIDATE CONSTRAINT ${bare} in a migration of its own; then ATTACH; then DROP CONSTRAINT ${bare}.`
  const rest = scansDefault
    ? ` The default partition ${displayTable(other[0])} needs a validated CHECK that it holds no row of the new one.`
    : ''
  return [{ kind: KINDS.attachPartition, on: displayTable(child), fix: `${own}${rest}`.trim() }]
}

export function detached(action: TableAction): Finding[] {
  const command = action.cmd.def.PartitionCmd as PgNode
  if (command.concurrent) return []
  const fix = `Run ALTER TABLE ${action.sql} DETACH PARTITION ${rangeSql(command.name)} CONCURRENTLY, alone and outside a transaction.`
  return [{ kind: KINDS.detachPartition, on: displayTable(action.table), fix }]
}

/** CREATE TABLE … PARTITION OF a parent that is in use. */
export function partitionMade(s: PgNode, statement: Statement, migration: Migration): Finding[] {
  const range = s.inhRelations?.[0]?.RangeVar as PgNode | undefined
  if (!s.partbound || !range || isNewTable(migration, rangeKey(range), statement.index)) return []
  const name = rangeSql(s.relation)
  const fix = `Run CREATE TABLE ${name} (LIKE ${rangeSql(range)} INCLUDING ALL); then ALTER TABLE ${rangeSql(range)} ATTACH PARTITION ${name} …, which lets queries go on.`
  return [{ kind: KINDS.newPartition, on: displayTable(rangeKey(range)), fix }]
}

/** A validated CHECK, or several, that say the bounds of a range or list partition over plain columns, and none of the columns may be NULL. */
function proves(child: Table | undefined, parent: Table | undefined, bound: PgNode | undefined): boolean {
  const key = parent?.partitionedBy && keyColumn(parent.partitionedBy)
  if (!child || !bound || key === undefined) return false
  const terms = child.constraints.filter((c) => c.kind === 'check' && c.validated).flatMap(termsOf)
  const isKey = (node: PgNode | undefined): boolean => node?.ColumnRef?.fields?.at(-1)?.String?.sval === key
  const says = (operator: string, value: PgNode): boolean =>
    terms.some(({ A_Expr: e }) => e?.name?.[0]?.String?.sval === operator && isKey(e.lexpr) && sameTree(bare(e.rexpr), bare(value)))
  const isThere =
    child.columns.find((c) => c.name === key)?.notNull ||
    terms.some((t) => t.NullTest?.nulltesttype === 'IS_NOT_NULL' && isKey(t.NullTest.arg))
  if (!isThere) return false
  if (bound.strategy === 'l') {
    const [only, ...more] = (bound.listdatums ?? []) as PgNode[]
    return only !== undefined && more.length === 0 && says('=', only)
  }
  const [from, to] = [bound.lowerdatums, bound.upperdatums] as (PgNode[] | undefined)[]
  if (bound.strategy !== 'r' || from?.length !== 1 || to?.length !== 1) return false
  return [[from[0], '>='] as const, [to[0], '<'] as const].every(([value, operator]) => value && (isOpen(value) || says(operator, value)))
}

/** MINVALUE and MAXVALUE. */
function isOpen(value: PgNode): boolean {
  return ['minvalue', 'maxvalue'].includes(value.ColumnRef?.fields?.[0]?.String?.sval)
}

/** A literal without its cast: `'2026-01-01'::date` is what the bound `'2026-01-01'` becomes. */
function bare(node: PgNode): PgNode {
  return node?.TypeCast ? bare(node.TypeCast.arg) : node
}

function termsOf({ expression }: Constraint): PgNode[] {
  return expression === undefined ? [] : conjuncts(parseExpression(expression))
}

function conjuncts(node: PgNode): PgNode[] {
  return node.BoolExpr?.boolop === 'AND_EXPR' ? (node.BoolExpr.args as PgNode[]).flatMap(conjuncts) : [node]
}

/** The one column of `RANGE (day)`. */
function keyColumn(partitionedBy: string): string | undefined {
  const open = partitionedBy.indexOf('(')
  const node = parseExpression(partitionedBy.slice(open + 1, partitionedBy.lastIndexOf(')')))
  return node.ColumnRef?.fields?.at(-1)?.String?.sval
}
