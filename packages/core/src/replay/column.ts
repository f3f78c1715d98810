import type { Catalog, Column, Table, TypeName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { printedName } from '../sql/printed-name.ts'
import { strings } from '../sql/relation.ts'
import { bareType, serialType, typeName } from '../sql/type-name.ts'
import type { Change } from './change.ts'
import { relationName } from './object-name.ts'
import { sequenceDefault } from './sequence.ts'
import { expressionFrom, find, parenthesised, sourceOf, tokenAt } from './slice.ts'

/** A ColumnDef read: the column, the constraints written beside it as if they stood in the table's own list, and what could not be read. */
export interface NewColumn {
  readonly column: Column
  readonly constraints: readonly PgNode[]
  /** Name of the sequence that a serial or identity column brings. */
  readonly sequence?: string
  readonly doubts: readonly string[]
}

/** Reads a ColumnDef of CREATE TABLE or ADD COLUMN. `table` names the sequence of a serial column. */
export function readColumn(catalog: Catalog, table: Table, def: PgNode, change: Change): NewColumn {
  const name = def.colname as string
  const doubts: string[] = []
  const constraints: PgNode[] = []
  // A partition, or a typed table, names only what it adds to a column.
  const type = def.typeName ? typeName(def.typeName) : (table.columns.find((c) => c.name === name)?.type ?? 'text')
  const serial = def.typeName && serialType(def.typeName)
  const sequence = sequenceName(catalog, table, def, serial !== undefined)
  const collation = collationOf(def)
  let column: Column = {
    name,
    type,
    notNull: false,
    ...(serial !== undefined && sequence !== undefined && { default: sequenceDefault(table.schema, sequence) }),
    ...(collation !== undefined && { collation }),
  }
  for (const { Constraint: constraint } of (def.constraints ?? []) as PgNode[]) {
    const read = readColumnConstraint(catalog, column, constraint, change)
    if (read === 'of the table') constraints.push(ofTable(constraint, name))
    else if (read === 'of the constraint before') amend(constraints, constraint)
    else if (typeof read === 'string') doubts.push(read)
    else column = read
  }
  const isRequired = serial !== undefined || column.identity !== undefined
  if (isRequired && !constraints.some((c) => c.contype === 'CONSTR_NOTNULL')) constraints.push(ofTable({ contype: 'CONSTR_NOTNULL' }, name))
  return { column, constraints, ...(sequence !== undefined && { sequence }), doubts }
}

/** The table with a column. One that a parent has too becomes the table's own: what it says itself wins, the rest comes from the parent. */
export function withColumn(table: Table, column: Column): Table {
  const twin = table.columns.find((c) => c.name === column.name)
  if (!twin) return { ...table, columns: [...table.columns, column] }
  const { inherited, ...above } = twin
  const own: Column = { ...above, ...column, notNull: above.notNull, ...(table.kind === 'partition' && inherited && { inherited }) }
  return { ...table, columns: table.columns.map((c) => (c === twin ? own : c)) }
}

function sequenceName(catalog: Catalog, table: Table, def: PgNode, isSerial: boolean): string | undefined {
  const identity = ((def.constraints ?? []) as PgNode[]).find((c) => c.Constraint?.contype === 'CONSTR_IDENTITY')?.Constraint as
    | PgNode
    | undefined
  if (!identity && !isSerial) return undefined
  return identityName(catalog, table, identity, def.colname)
}

/** The name of a column's sequence: the one given behind AS IDENTITY, else PostgreSQL's. */
export function identityName(catalog: Catalog, table: Table, identity: PgNode | undefined, column: string): string {
  const given = ((identity?.options ?? []) as PgNode[]).find((o) => o.DefElem?.defname === 'sequence_name')
  return strings(given?.DefElem.arg?.List?.items).at(-1) ?? relationName(catalog, table, column, 'seq', false)
}

function readColumnConstraint(catalog: Catalog, column: Column, constraint: PgNode, change: Change): Column | string {
  const cantRead = `the expression of column "${column.name}" could not be told from its neighbours`
  switch (constraint.contype) {
    case 'CONSTR_NOTNULL':
      return 'of the table'
    case 'CONSTR_NULL':
      return column
    case 'CONSTR_DEFAULT': {
      const source = sourceOf(change.statement)
      const text = expressionFrom(source, find(source, 'DEFAULT', tokenAt(source, constraint)) + 1, constraint.raw_expr)
      return text === undefined ? cantRead : withDefault(catalog, column, text, constraint.raw_expr)
    }
    case 'CONSTR_IDENTITY':
      return { ...column, identity: constraint.generated_when === 'd' ? 'by default' : 'always' }
    case 'CONSTR_GENERATED': {
      const source = sourceOf(change.statement)
      const expression = parenthesised(source, 'AS', tokenAt(source, constraint), constraint.raw_expr)
      return expression === undefined ? cantRead : { ...column, generated: { expression, stored: constraint.generated_kind !== 'v' } }
    }
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
    case 'CONSTR_CHECK':
    case 'CONSTR_FOREIGN':
      return 'of the table'
    default:
      return 'of the constraint before'
  }
}

/** The column with a DEFAULT. A NULL of the column's own type is no default: PostgreSQL stores none. */
export function withDefault(catalog: Catalog, column: Column, text: string, node: PgNode): Column {
  if (!isNullOf(node, column.type) || isCoerced(catalog, column.type)) return { ...column, default: text }
  const { default: _, ...rest } = column
  return rest
}

function isNullOf(node: PgNode, type: TypeName): boolean {
  if (node.A_Const) return node.A_Const.isnull === true
  return node.TypeCast?.arg?.A_Const?.isnull === true && typeName(node.TypeCast.typeName) === type
}

/** True where a value of the type goes through a function first, which even a NULL is given to: modifiers, domains. */
function isCoerced(catalog: Catalog, type: TypeName): boolean {
  const bare = bareType(type)
  // Intervals take their modifier when they are read.
  return (type.startsWith('(', bare.length) && bare !== 'interval') || catalog.domains.has(bare)
}

/** The collation as it is printed, or undefined for the type's own. */
export function collationOf(def: PgNode): string | undefined {
  const path = strings(def.collClause?.collname).filter((name) => name !== 'pg_catalog')
  return path.length === 0 || path.at(-1) === 'default' ? undefined : path.map(printedName).join('.')
}

/** A column constraint in the form of a table constraint. */
function ofTable(constraint: PgNode, column: string): PgNode {
  const columns = [{ String: { sval: column } }]
  return constraint.contype === 'CONSTR_FOREIGN' ? { ...constraint, fk_attrs: columns } : { ...constraint, keys: columns }
}

/** DEFERRABLE, NOT ENFORCED … stand behind the constraint that they change. */
function amend(constraints: PgNode[], attribute: PgNode): void {
  const last = constraints.pop()
  if (!last) return
  if (attribute.contype === 'CONSTR_ATTR_DEFERRABLE' || attribute.contype === 'CONSTR_ATTR_DEFERRED') {
    constraints.push({ ...last, deferrable: true, ...(attribute.contype === 'CONSTR_ATTR_DEFERRED' && { initdeferred: true }) })
  } else if (attribute.contype === 'CONSTR_ATTR_NOT_ENFORCED') {
    constraints.push({ ...last, is_enforced: false })
  } else constraints.push(last)
}
