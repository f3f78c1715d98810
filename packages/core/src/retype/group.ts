import type { Constraint, TableName } from '../catalog/catalog.ts'
import { dependents } from '../dependents.ts'
import type { Migration } from '../migration.ts'
import { remembered } from '../remembered.ts'
import { shape } from '../sql/parser.ts'
import { rangeKey, strings, type TableAction, tableAction, tableKey } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { holdsAll, readAlike } from './reading.ts'
import { type Retyped, retypedBy } from './retyped.ts'

/** Columns that change their type together because foreign keys join them, what is pointed at first, with all statements about that. */
export interface TypeGroup {
  readonly columns: readonly Retyped[]
  /** Both codes read old and new types alike, and every old value has its place in the new type: the columns can change places while both run. */
  readonly isShared: boolean
  readonly claims: readonly number[]
  /** Position of the last statement about one of the tables. */
  readonly last: number
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
  return (a.table === b.table && shareObject(a, b.name, migration)) || pointsAt(a, b, migration) || pointsAt(b, a, migration)
}

/** An index or a constraint hangs on both, before or after. */
function shareObject({ table, name }: Retyped, other: string, migration: Migration): boolean {
  return [migration.before, migration.after].some((catalog) => {
    const [own, second] = [name, other].map((column) => {
      const { indexes, constraints } = dependents(catalog, table, column)
      return [...indexes, ...constraints].map((o) => o.name)
    })
    return own?.some((o) => second?.includes(o)) === true
  })
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
