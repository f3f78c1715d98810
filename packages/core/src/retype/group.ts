import type { Column, Constraint, TableName, TypeName } from '../catalog/catalog.ts'
import { dependents } from '../dependents.ts'
import { catalogInCommand } from '../facts/in-command.ts'
import { sessionZone } from '../facts/session-zone.ts'
import { type TypeChange, typeChange } from '../facts/type-change.ts'
import type { Migration } from '../migration.ts'
import { type PgNode, shape } from '../parser.ts'
import { isOfRebuiltEnum } from '../rebuilt-enum.ts'
import { actionOf, columnIn, isNewTable, rangeKey, strings, type TableAction, tableAction, tableKey } from '../relation.ts'
import { remembered } from '../remembered.ts'
import { expressionFrom, find, sourceOf } from '../replay/slice.ts'
import type { Statement } from '../statement.ts'
import type { Target } from '../steps/trigger.ts'
import { intentFor, targetOf } from '../target.ts'
import { typeName } from '../type-name.ts'
import { emptied } from './question.ts'
import { holdsAll, readAlike } from './reading.ts'
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
  /** PostgreSQL would copy the table; or else prove, build or lock what hangs on the column. */
  readonly effect: 'rewrite' | 'checks'
}

/** Columns that change their type together because foreign keys join them, what is pointed at first, with all statements about that. */
export interface TypeGroup {
  readonly columns: readonly Retyped[]
  /** Both codes read old and new types alike, and every old value has its place in the new type: the columns can change places while both run. */
  readonly isShared: boolean
  readonly claims: readonly number[]
  /** Position of the last statement about one of the tables. */
  readonly last: number
}

/** The column that the statement changes, and how; undefined where it changes none or the change is free. */
export function retypedBy(statement: Statement, migration: Migration): Retyped | undefined {
  const action = actionOf(statement, 'AT_AlterColumnType') ?? actionOf(statement, 'AT_DropColumn')
  if (!action) return undefined
  const old = columnIn(migration.before, action.table, action.name)
  const next = columnIn(migration.after, action.table, action.name)
  if (!old || !next) return undefined
  const isAdded = action.type === 'AT_DropColumn'
  const answer =
    intentFor(migration, 'convert', action.table, action.name)?.with ??
    (isAdded && intentFor(migration, 'drop', action.table, action.name) ? emptied(next, migration) : undefined)
  if (isAdded && (answer === undefined || isNewTable(migration, action.table, statement.index))) return undefined
  const effect = isAdded ? 'rewrite' : effectOf(changeOf(statement, action, migration), old, answer !== undefined)
  if (!effect) return undefined
  const using = answer ?? (isAdded ? undefined : usingOf(statement, action))
  const target = targetOf(action.range, action.sql)
  return { table: action.table, target, name: action.name, old, next, statement, effect, ...(using !== undefined && { using }) }
}

/** A conversion by a person makes possible what PostgreSQL has no cast for. */
function effectOf(change: TypeChange | undefined, old: Column, isAnswered: boolean): Retyped['effect'] | undefined {
  if (change?.effect === 'rewrite' || (change && isAnswered && lacksCast(change, old))) return 'rewrite'
  return change && change.effect !== 'refused' && whatHangs(change) !== undefined ? 'checks' : undefined
}

/** PostgreSQL refuses the change because it has no cast from the old type itself: a USING is missing. */
export function lacksCast({ refused }: TypeChange, old: Column): boolean {
  return refused?.reason.startsWith(`${old.type} is not cast`) === true
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

/** What our names say beside those of an object that may be carried from several columns of its table, one after the other; undefined for one column only. */
export function tagOf(column: Retyped, migration: Migration): string | undefined {
  const others = typeGroups(migration).flatMap((g) => g.columns.filter((c) => c.table === column.table))
  return others.length > 1 ? column.name : undefined
}

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
  const isShared = columns.every(
    ({ old, next, using }) => readAlike(old.type, next.type) && holdsAll(old.type, next.type) && using === undefined,
  )
  const belongs = (s: Statement): boolean => isOfColumn(s, columns, migration) || (!isShared && hangsOnColumn(s, columns, migration))
  const claims = statements.filter(belongs).map((s) => s.index)
  const tables = columns.map((c) => c.table)
  const touching = statements.filter((s) =>
    tables.includes(tableAction(s)?.table ?? (s.node.IndexStmt ? rangeKey(s.node.IndexStmt.relation) : '')),
  )
  return { columns, isShared, claims, last: Math.max(...claims, ...touching.map((s) => s.index)) }
}

/** Statements about the columns' types and defaults, and keys over them that are dropped and come back as they were. */
function isOfColumn(statement: Statement, columns: readonly Retyped[], migration: Migration): boolean {
  const action = tableAction(statement)
  if (!action) return false
  switch (action.type) {
    case 'AT_AlterColumnType':
    case 'AT_ColumnDefault':
    case 'AT_DropNotNull':
    case 'AT_SetNotNull':
    case 'AT_DropColumn':
    case 'AT_AddColumn':
      return columns.some((c) => c.table === action.table && c.name === action.name)
    case 'AT_DropConstraint':
    case 'AT_AddConstraint':
      return comesBack(action, columns, migration)
    default:
      return false
  }
}

/** Statements about what hangs on the columns, before or after: it is made for the new column only, and falls with the old one. */
function hangsOnColumn(statement: Statement, columns: readonly Retyped[], migration: Migration): boolean {
  const s = statement.node.DropStmt
  if (s?.removeType === 'OBJECT_SEQUENCE' && s.objects.length === 1) {
    const path = strings(s.objects[0].List?.items)
    const owner = migration.before.sequences.get(tableKey(path.at(-1) ?? '', path.at(-2)))?.ownedBy
    return columns.some((c) => c.table === owner?.table && c.name === owner.column)
  }
  const name =
    s?.removeType === 'OBJECT_INDEX' && s.objects.length === 1
      ? strings(s.objects[0].List?.items).at(-1)
      : statement.node.IndexStmt?.idxname
  const action = tableAction(statement)
  const constraint = action?.type === 'AT_DropConstraint' || action?.type === 'AT_AddConstraint' ? action.name : undefined
  return columns.some(({ table, name: column }) =>
    [migration.before, migration.after].some((catalog) => {
      const found = dependents(catalog, table, column)
      return (
        (name !== undefined && found.indexes.some((i) => i.name === name)) ||
        (constraint !== undefined && action?.table === table && found.constraints.some((c) => c.name === constraint))
      )
    }),
  )
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
