import { type Catalog, type Constraint, column as columnOf, incompleteness, type TableName } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import { withDescendants } from './family.ts'
import { belowDomains } from './pathway.ts'

/**
 * The tables that SET NOT NULL reads in full, of the table itself and those below it: all whose column may hold NULL for what their constraints say. ADD PRIMARY
 * KEY reads the same ones. The catalog is the one that the action finds; a constraint that the same command drops is no help, nor is any to a NOT NULL that is NOT
 * VALID (PostgreSQL 18): SET NOT NULL validates that one.
 */
export function readForNotNull(catalog: Catalog, table: TableName, column: string): TableName[] {
  return withDescendants(catalog, table).filter((key) => {
    const table = catalog.tables.get(key)
    const found = columnOf(table, column)
    // A partitioned table has no rows of its own.
    if (table?.partitionedBy !== undefined || found?.notNull) return false
    return found?.notNullConstraint?.validated === false || !isProved(catalog, key, column)
  })
}

/** True where a validated CHECK says that the column is never NULL, in a form that PostgreSQL's planner follows. */
function isProved(catalog: Catalog, key: TableName, name: string): boolean {
  return checksAgainstNull(catalog, key, name).some((c) => c.validated)
}

/** True where a CHECK refuses NULL in the column, proved for old rows or not: no code that runs writes it. */
export function refusesNull(catalog: Catalog, key: TableName, name: string): boolean {
  return checksAgainstNull(catalog, key, name).length > 0
}

function checksAgainstNull(catalog: Catalog, key: TableName, name: string): Constraint[] {
  const table = catalog.tables.get(key)
  const type = columnOf(table, name)?.type
  // IS NOT NULL of a row asks each of its fields.
  if (!table || type === undefined || catalog.composites.has(belowDomains(type, catalog)) || incompleteness(catalog, key)) return []
  return table.constraints.filter(
    (c) => c.kind === 'check' && !c.notEnforced && c.expression !== undefined && proves(parseExpression(c.expression), name),
  )
}

/** True where the column can't be NULL while the expression is true or NULL, as a CHECK lets both pass. */
function proves(node: PgNode, column: string): boolean {
  const [tag, fields] = untag(node)
  if (tag === 'NullTest') return fields.nulltesttype === 'IS_NOT_NULL' && isOf(fields.arg, column)
  if (tag === 'A_Expr') return equals(fields, column, proves, denies, 'AEXPR_DISTINCT')
  if (tag !== 'BoolExpr') return false
  const args = fields.args as PgNode[]
  if (fields.boolop === 'NOT_EXPR') return denies(args[0] as PgNode, column)
  return fields.boolop === 'AND_EXPR' ? args.some((a) => proves(a, column)) : without(args, false).every((a) => proves(a, column))
}

/** The same for the expression's opposite. */
function denies(node: PgNode, column: string): boolean {
  const [tag, fields] = untag(node)
  if (tag === 'NullTest') return fields.nulltesttype === 'IS_NULL' && names(fields.arg, column)
  if (tag === 'A_Expr') return equals(fields, column, denies, proves, 'AEXPR_NOT_DISTINCT')
  if (tag !== 'BoolExpr') return false
  const args = fields.args as PgNode[]
  if (fields.boolop === 'NOT_EXPR') return proves(args[0] as PgNode, column)
  return fields.boolop === 'OR_EXPR' ? args.some((a) => denies(a, column)) : without(args, true).every((a) => denies(a, column))
}

type Proof = (node: PgNode, column: string) => boolean

/** `… = true`, `… = false`, and `column IS [NOT] DISTINCT FROM NULL`, which PostgreSQL reads as a test for NULL. */
function equals(operation: PgNode, column: string, ifTrue: Proof, ifFalse: Proof, distinct: string): boolean {
  const { lexpr, rexpr, kind } = operation
  if (kind === distinct) return rexpr?.A_Const?.isnull === true && names(lexpr, column)
  if (kind !== 'AEXPR_OP' || strings(operation.name).at(-1) !== '=' || !rexpr?.A_Const?.boolval) return false
  return rexpr.A_Const.boolval.boolval ? ifTrue(lexpr, column) : ifFalse(lexpr, column)
}

function without(args: readonly PgNode[], value: boolean): PgNode[] {
  return args.filter((a) => !a.A_Const?.boolval || (a.A_Const.boolval.boolval ?? false) !== value)
}

/** The column, or a row that it is in. */
function isOf(node: PgNode, column: string): boolean {
  return names(node, column) || ((node.RowExpr?.args ?? []) as PgNode[]).some((a) => names(a, column))
}

function names(node: PgNode | undefined, column: string): boolean {
  return node?.ColumnRef !== undefined && strings(node.ColumnRef.fields).at(-1) === column
}
