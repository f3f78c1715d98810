import type { Column, Constraint, TableName, TypeName } from '../catalog/catalog.ts'
import { catalogInCommand } from '../facts/in-command.ts'
import { sessionZone } from '../facts/session-zone.ts'
import { type TypeChange, typeChange } from '../facts/type-change.ts'
import type { Migration } from '../migration.ts'
import { type PgNode, shape } from '../parser.ts'
import { isOfRebuiltEnum } from '../rebuilt-enum.ts'
import { actionOf, columnIn, isNewTable, rangeKey, strings, type TableAction, tableAction } from '../relation.ts'
import { remembered } from '../remembered.ts'
import { expressionFrom, find, sourceOf } from '../replay/slice.ts'
import type { Statement } from '../statement.ts'
import type { Target } from '../steps/trigger.ts'
import { targetOf } from '../target.ts'
import { typeName } from '../type-name.ts'
import { whatHangs } from './words.ts'

/** A column of a live table that gets another type, which PostgreSQL does by more than a word in the catalog. */
export interface Retyped {
  readonly table: TableName
  readonly target: Target
  readonly name: string
  readonly old: Column
  /** As the migration leaves it. */
  readonly next: Column
  readonly statement: Statement
  /** The USING expression as it is written; absent: none. */
  readonly using?: string
  readonly change: TypeChange
}

/** Columns that change their type together because foreign keys join them, what is pointed at first, with all statements about that. */
export interface TypeGroup {
  readonly columns: readonly Retyped[]
  readonly claims: readonly number[]
  /** Position of the last statement about one of the tables. */
  readonly last: number
}

/** The column that the statement changes, and how; undefined where it changes none or the change is free. */
export function retypedBy(statement: Statement, migration: Migration): Retyped | undefined {
  const action = actionOf(statement, 'AT_AlterColumnType')
  const change = action && changeOf(statement, action, migration)
  if (!action || !change || (change.effect !== 'rewrite' && (change.effect === 'refused' || whatHangs(change) === undefined)))
    return undefined
  const old = columnIn(migration.before, action.table, action.name)
  const next = columnIn(migration.after, action.table, action.name)
  if (!old || !next) return undefined
  const using = usingOf(statement, action)
  const target = targetOf(action.range, action.sql)
  return { table: action.table, target, name: action.name, old, next, statement, change, ...(using !== undefined && { using }) }
}

/** What ALTER COLUMN … TYPE does on a live table; undefined where a part of an enum's rebuilding, a new table or an unknown column is meant. */
export function changeOf(statement: Statement, action: TableAction, migration: Migration): TypeChange | undefined {
  if (isNewTable(migration, action.table, statement.index) || isOfRebuiltEnum(statement, migration)) return undefined
  const next = columnIn(migration.at[statement.index + 1] ?? migration.after, action.table, action.name)
  return (
    next &&
    typeChange(catalogInCommand(statement, migration), {
      table: action.table,
      column: action.name,
      to: next.type,
      ...(next.collation !== undefined && { collation: next.collation }),
      ...(action.def.raw_default && { using: action.def.raw_default }),
      timeZone: sessionZone(statement, migration),
      postgres: migration.postgres,
    })
  )
}

/** What stands behind USING; undefined for nothing, and for the cast that PostgreSQL would have added itself. */
function usingOf(statement: Statement, { def, name }: TableAction): string | undefined {
  if (!def.raw_default || isPlain(def.raw_default, name, typeName(def.typeName))) return undefined
  const source = sourceOf(statement)
  return expressionFrom(source, find(source, 'USING') + 1, def.raw_default)
}

function isPlain(node: PgNode, name: string, to: TypeName): boolean {
  const inner = node.TypeCast && typeName(node.TypeCast.typeName) === to ? (node.TypeCast.arg as PgNode) : node
  const path = inner.ColumnRef && strings(inner.ColumnRef.fields)
  return path?.length === 1 && path[0] === name
}

/** The groups of a migration, in the order of their first statements. */
export const typeGroups = remembered((migration: Migration): readonly TypeGroup[] => {
  const left = migration.script.statements.flatMap((s) => retypedBy(s, migration) ?? [])
  const groups: TypeGroup[] = []
  for (let [first] = left; first; [first] = left) {
    const columns = [first]
    // Grows while it is walked.
    for (const column of columns) columns.push(...left.filter((c) => !columns.includes(c) && isJoined(c, column, migration)))
    for (const column of columns) left.splice(left.indexOf(column), 1)
    groups.push(groupOf(parentsFirst(columns, migration), migration))
  }
  return groups
})

/** The group of which the statement is a part, its own type change or a key that is dropped and added again around it. */
export function typeGroupOf(statement: Statement, migration: Migration): TypeGroup | undefined {
  return typeGroups(migration).find((g) => g.claims.includes(statement.index))
}

function isJoined(a: Retyped, b: Retyped, migration: Migration): boolean {
  const together = a.table === b.table && constraintsOf(a, migration).some((c) => c.columns.includes(b.name))
  return together || pointsAt(a, b, migration) || pointsAt(b, a, migration)
}

/** A foreign key over the one column points at a key over the other. */
function pointsAt(child: Retyped, parent: Retyped, migration: Migration): boolean {
  return constraintsOf(child, migration).some((c) => c.references?.table === parent.table && c.references.columns.includes(parent.name))
}

function constraintsOf({ table, name }: Retyped, migration: Migration): readonly Constraint[] {
  return (migration.before.tables.get(table)?.constraints ?? []).filter((c) => c.columns.includes(name))
}

function parentsFirst(columns: readonly Retyped[], migration: Migration): Retyped[] {
  const left = [...columns]
  const order: Retyped[] = []
  while (left.length > 0) {
    const free = left.find((c) => !left.some((p) => p !== c && pointsAt(c, p, migration))) ?? (left[0] as Retyped)
    left.splice(left.indexOf(free), 1)
    order.push(free)
  }
  return order
}

function groupOf(columns: readonly Retyped[], migration: Migration): TypeGroup {
  const { statements } = migration.script
  const claims = statements.filter((s) => belongs(s, columns, migration)).map((s) => s.index)
  const tables = columns.map((c) => c.table)
  const touching = statements.filter((s) =>
    tables.includes(tableAction(s)?.table ?? (s.node.IndexStmt ? rangeKey(s.node.IndexStmt.relation) : '')),
  )
  return { columns, claims, last: Math.max(...claims, ...touching.map((s) => s.index)) }
}

/** Statements about the columns' types and defaults, and keys over them that are dropped and come back as they were. */
function belongs(statement: Statement, columns: readonly Retyped[], migration: Migration): boolean {
  const action = tableAction(statement)
  if (!action) return false
  switch (action.type) {
    case 'AT_AlterColumnType':
    case 'AT_ColumnDefault':
    case 'AT_DropNotNull':
      return columns.some((c) => c.table === action.table && c.name === action.name)
    case 'AT_DropConstraint':
    case 'AT_AddConstraint':
      return comesBack(action, columns, migration)
    default:
      return false
  }
}

function comesBack({ table, name }: TableAction, columns: readonly Retyped[], migration: Migration): boolean {
  const [old, next] = [migration.before, migration.after].map((c) => c.tables.get(table)?.constraints.find((k) => k.name === name))
  return old !== undefined && next !== undefined && sameConstraint(old, next) && columns.some((c) => isOver(old, table, c))
}

function sameConstraint(a: Constraint, b: Constraint): boolean {
  return shape(a) === shape(b)
}

function isOver(constraint: Constraint, table: TableName, { table: of, name }: Retyped): boolean {
  const { columns, references } = constraint
  return (table === of && columns.includes(name)) || (references?.table === of && references.columns.includes(name))
}
