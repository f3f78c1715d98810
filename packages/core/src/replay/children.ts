import { type Catalog, type Constraint, column, type Table, type TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import type { Change } from './change.ts'
import { dropColumn } from './drop-column.ts'
import { dropConstraint } from './drop-constraint.ts'
import { mark, putTable } from './edit.ts'
import { fromParent, inheritableCheck, inheritableNotNull, inheritedColumn, parentsWith } from './inherit.ts'
import { childrenOf } from './names.ts'
import { amendNotNull, columnOfNotNull, dropNotNull, setNotNull } from './not-null.ts'
import { partOfForeignKey } from './partition-key.ts'

/** One action on a table that others may inherit from. */
export interface Action {
  readonly cmd: PgNode
  readonly change: Change
  /** Does it to one table alone. */
  readonly one: (catalog: Catalog, key: TableName, cmd: PgNode, change: Change, only: boolean) => Catalog
}

/** The action on a table and, unless `only`, on what inherits from it. */
export function withChildren(catalog: Catalog, key: TableName, action: Action, only: boolean): Catalog {
  const after = action.one(catalog, key, action.cmd, action.change, only)
  const children = childrenOf(after.tables, key)
  if (children.length === 0) return after
  return children.reduce((current, child) => onChild(current, child, { before: catalog, parent: key, only, action }), after)
}

interface FromParent {
  readonly before: Catalog
  readonly parent: TableName
  readonly only: boolean
  readonly action: Action
}

/** Actions that are done to all that inherit, whatever they have of their own. */
const SAME_FOR_ALL = new Set('AT_AlterColumnType AT_ColumnDefault AT_SetExpression AT_DropExpression'.split(' '))

function onChild(catalog: Catalog, child: TableName, from: FromParent): Catalog {
  const { before, parent, only, action } = from
  const { cmd } = action
  const table = catalog.tables.get(child)
  const old = before.tables.get(parent)
  if (!table || !old) return catalog
  /** What was done to the child goes on to its own children. */
  const below = (done: Catalog): Catalog => {
    return childrenOf(done.tables, child).reduce(
      (current, key) => onChild(current, key, { ...from, before: catalog, parent: child, only: false }),
      done,
    )
  }
  switch (cmd.subtype) {
    case 'AT_AddColumn':
    case 'AT_AddConstraint':
    case 'AT_SetNotNull':
    case 'AT_AddIndex':
      return only ? catalog : below(grown(catalog, child, parent, old))
    case 'AT_DropColumn': {
      if (!column(old, cmd.name) || column(catalog.tables.get(parent), cmd.name)) return catalog
      const falls = column(table, cmd.name)?.inherited && parentsWith(catalog, table, (p) => column(p, cmd.name) !== undefined) === 0
      if (!falls) return catalog
      if (only) return ownColumn(catalog, child, cmd.name)
      return below(dropColumn(catalog, child, cmd.name, action.change, { missingOk: true, cascade: cmd.behavior === 'DROP_CASCADE' }))
    }
    case 'AT_DropNotNull':
      return withoutNotNull(catalog, child, cmd.name, old, from, below)
    case 'AT_DropConstraint': {
      const required = columnOfNotNull(before, parent, cmd.name)
      return required
        ? withoutNotNull(catalog, child, required.name, old, from, below)
        : withoutConstraint(catalog, child, old, from, below)
    }
    case 'AT_ValidateConstraint': {
      const required = columnOfNotNull(before, parent, cmd.name)
      const name = required ? column(table, required.name)?.notNullConstraint?.name : partName(table, old, cmd.name)
      return only || name === undefined ? catalog : below(action.one(catalog, child, { ...cmd, name }, action.change, false))
    }
    case 'AT_AlterConstraint':
      return altered(catalog, child, old, from, below)
    default:
      return only || !SAME_FOR_ALL.has(cmd.subtype) ? catalog : below(action.one(catalog, child, cmd, action.change, false))
  }
}

/** What a parent has got goes to a child: a column, a check, NOT NULL. What the child has itself stays its own; a partition has nothing of its own beside its parent's. */
function grown(catalog: Catalog, child: TableName, parent: TableName, old: Table): Catalog {
  const above = catalog.tables.get(parent) as Table
  const table = catalog.tables.get(child) as Table
  const columns = above.columns.filter((c) => !column(old, c.name) && !column(table, c.name)).map(inheritedColumn)
  const checks = above.constraints.filter((c) => c.kind === 'check' && !c.noInherit && !old.constraints.some((o) => o.name === c.name))
  const merged = table.constraints.map(
    (c): Constraint =>
      table.kind === 'partition' && c.kind === 'check' && checks.some((n) => n.name === c.name) ? { ...c, inherited: true } : c,
  )
  const news = checks.filter((c) => !table.constraints.some((o) => o.name === c.name)).map((c): Constraint => ({ ...c, inherited: true }))
  const isSame = columns.length === 0 && checks.length === 0
  let current = isSame
    ? catalog
    : putTable(catalog, child, { ...table, columns: [...table.columns, ...columns], constraints: [...merged, ...news] })
  for (const { name, notNullConstraint } of above.columns) {
    if (!notNullConstraint || notNullConstraint.noInherit || notNullConstraint === column(old, name)?.notNullConstraint) continue
    current = setNotNull(current, child, name, fromParent(current, child, notNullConstraint))
  }
  return current
}

function ownColumn(catalog: Catalog, key: TableName, name: string): Catalog {
  const table = catalog.tables.get(key) as Table
  const put = putTable(catalog, key, {
    ...table,
    columns: table.columns.map(({ inherited, ...c }) => (c.name === name || !inherited ? c : { ...c, inherited })),
  })
  return amendNotNull(put, key, name, { inherited: false })
}

/** A child keeps its own NOT NULL from version 18 on; before, it falls with the parent's. */
function withoutNotNull(
  catalog: Catalog,
  child: TableName,
  name: string,
  old: Table,
  from: FromParent,
  below: (done: Catalog) => Catalog,
): Catalog {
  const standing = column(catalog.tables.get(child), name)?.notNullConstraint
  if (!standing || !inheritableNotNull(old, name)) return catalog
  if (from.only) return amendNotNull(catalog, child, name, { inherited: false })
  const falls =
    standing.inherited && parentsWith(catalog, catalog.tables.get(child), (p) => inheritableNotNull(p, name) !== undefined) === 0
  if (falls) return below(dropNotNull(catalog, child, name))
  return mark(
    catalog,
    child,
    from.action.change,
    `"${name}" keeps a NOT NULL of its own, which versions before 18 drop with that of the parent`,
  )
}

/** A check that came from the parent goes with it; so does a partition's part of a key or a foreign key. */
function withoutConstraint(
  catalog: Catalog,
  child: TableName,
  old: Table,
  { only, action }: FromParent,
  below: (done: Catalog) => Catalog,
): Catalog {
  const table = catalog.tables.get(child) as Table
  const gone = old.constraints.find((c) => c.name === action.cmd.name)
  const name = gone && partName(table, old, gone.name)
  if (!gone || name === undefined || !table.constraints.find((c) => c.name === name)?.inherited) return catalog
  if (gone.kind === 'check' && parentsWith(catalog, table, (p) => inheritableCheck(p, gone.name) !== undefined) > 0) return catalog
  if (only && gone.kind === 'check') {
    return putTable(catalog, child, {
      ...table,
      constraints: table.constraints.map(({ inherited, ...c }) => (c.name === name || !inherited ? c : { ...c, inherited })),
    })
  }
  const dropped = dropConstraint(catalog, child, name, action.change, { missingOk: true, cascade: false })
  // The child's own children know the constraint by the child's name for it.
  return name === action.cmd.name ? below(dropped) : withoutParts(catalog, dropped, child, name, action)
}

function withoutParts(before: Catalog, after: Catalog, parent: TableName, name: string, action: Action): Catalog {
  const renamed: Action = { ...action, cmd: { ...action.cmd, name } }
  return childrenOf(after.tables, parent).reduce(
    (current, key) => onChild(current, key, { before, parent, only: false, action: renamed }),
    after,
  )
}

/** What a child calls its part of a parent's constraint. */
function partName(table: Table, parent: Table, name: string): string | undefined {
  const above = parent.constraints.find((c) => c.name === name)
  if (!above) return undefined
  if (above.kind === 'check') return table.constraints.find((c) => c.kind === 'check' && c.name === name)?.name
  if (above.kind === 'foreign') return partOfForeignKey(table, above)?.name
  const index = parent.indexes.find((i) => i.constraint === name)
  return index && table.indexes.find((i) => i.parent === index.name)?.constraint
}

/** ALTER CONSTRAINT: the parts of a foreign key follow; NOT NULL comes to children, or stays with them as their own. */
function altered(catalog: Catalog, child: TableName, old: Table, from: FromParent, below: (done: Catalog) => Catalog): Catalog {
  const { before, parent, action } = from
  const def = action.cmd.def.ATAlterConstraint as PgNode
  const table = catalog.tables.get(child) as Table
  const required = columnOfNotNull(before, parent, def.conname)
  if (required) {
    const now = column(catalog.tables.get(parent), required.name)?.notNullConstraint
    if (!now || now.noInherit === required.notNullConstraint?.noInherit) return catalog
    if (now.noInherit) return amendNotNull(catalog, child, required.name, { inherited: false })
    return below(setNotNull(catalog, child, required.name, fromParent(catalog, child, now)))
  }
  const name = partName(table, old, def.conname)
  if (name === undefined) return catalog
  const cmd = { ...action.cmd, def: { ATAlterConstraint: { ...def, conname: name } } }
  const done = action.one(catalog, child, cmd, action.change, false)
  return withoutParts(catalog, done, child, name, { ...action, cmd })
}
