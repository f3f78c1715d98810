import { type Catalog, type Column, type Constraint, column, type Table, type TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { displayTable, rangeKey } from '../sql/relation.ts'
import type { Change } from './change.ts'
import { mark, putTable } from './edit.ts'
import { amendNotNull, setNotNull } from './not-null.ts'

/** The parents of a table that have something which it may have from them. */
export function parentsWith(catalog: Catalog, table: Table | undefined, has: (parent: Table) => boolean): number {
  return (table?.parents ?? []).filter((key) => {
    const parent = catalog.tables.get(key)
    return parent !== undefined && has(parent)
  }).length
}

/** True where the table is `other` or inherits from it, however far up. */
export function isBelow(catalog: Catalog, key: TableName, other: TableName): boolean {
  return key === other || (catalog.tables.get(key)?.parents ?? []).some((parent) => isBelow(catalog, parent, other))
}

/** A check that children have from a table. */
export function inheritableCheck(table: Table, name: string): Constraint | undefined {
  return table.constraints.find((c) => c.kind === 'check' && c.name === name && !c.noInherit)
}

/** The column's NOT NULL where children have it from a table. */
export function inheritableNotNull(table: Table | undefined, name: string): Column['notNullConstraint'] {
  const constraint = column(table, name)?.notNullConstraint
  return constraint?.noInherit ? undefined : constraint
}

/** What a new table has of a parent's column. */
export function inheritedColumn({ notNullConstraint: _, identity: __, ...above }: Column): Column {
  return { ...above, notNull: false, inherited: true }
}

/** What a new table has from a parent before its own columns: columns with their defaults, and checks. */
export function inherit(catalog: Catalog, key: TableName, parent: TableName, change: Change): Catalog {
  const above = parent === key ? undefined : catalog.tables.get(parent)
  const table = catalog.tables.get(key)
  if (!table || !above) return mark(catalog, key, change, `what the table has from ${displayTable(parent)} is not known`)
  const columns = table.columns.map((c) => {
    const text = c.default === undefined ? column(above, c.name)?.default : undefined
    return text === undefined ? c : { ...c, default: text }
  })
  const more = above.columns.filter((c) => !column(table, c.name)).map(inheritedColumn)
  const checks = above.constraints
    .filter((c) => c.kind === 'check' && !c.noInherit && !table.constraints.some((own) => own.name === c.name))
    .map((c): Constraint => ({ ...c, inherited: true }))
  return putTable(catalog, key, { ...table, columns: [...columns, ...more], constraints: [...table.constraints, ...checks] })
}

/** NOT NULLs that a new table has from its parents, under the first one's name; those that it says itself stand already. */
export function inheritNotNulls(catalog: Catalog, key: TableName): Catalog {
  const table = catalog.tables.get(key)
  let current = catalog
  for (const parent of table?.parents ?? []) {
    for (const { name, notNullConstraint } of catalog.tables.get(parent)?.columns ?? []) {
      if (notNullConstraint && !notNullConstraint.noInherit)
        current = setNotNull(current, key, name, fromParent(current, key, notNullConstraint))
    }
  }
  return current
}

/** The parent's NOT NULL as a child gets it. A name that the child has given to another constraint is made anew. */
export function fromParent(catalog: Catalog, key: TableName, { name, validated }: NonNullable<Column['notNullConstraint']>) {
  const table = catalog.tables.get(key)
  const isTaken = table?.constraints.some((c) => c.name === name) || table?.columns.some((c) => c.notNullConstraint?.name === name)
  return { validated, inherited: true, ...(!isTaken && { name }) }
}

/** ALTER TABLE … INHERIT: what both have is the parent's too from now on; it stays the table's own. */
export function addParent(catalog: Catalog, key: TableName, range: PgNode, change: Change): Catalog {
  const table = catalog.tables.get(key) as Table
  const parent = rangeKey(range)
  if (!catalog.tables.has(parent) || isBelow(catalog, parent, key))
    return mark(catalog, key, change, `what the table has from ${displayTable(parent)} is not known`)
  return putTable(catalog, key, { ...table, kind: 'inherited', parents: [...(table.parents ?? []), parent] })
}

/** ALTER TABLE … NO INHERIT: what came from the parent alone is the table's own from now on. */
export function dropParent(catalog: Catalog, key: TableName, range: PgNode): Catalog {
  const table = catalog.tables.get(key) as Table
  const { parents = [], ...rest } = table
  const left = parents.filter((p) => p !== rangeKey(range))
  const orphan: Table = { ...rest, kind: left.length > 0 ? table.kind : 'table', ...(left.length > 0 && { parents: left }) }
  const stays = (has: (parent: Table) => boolean): boolean => parentsWith(catalog, orphan, has) > 0
  const put = putTable(catalog, key, {
    ...orphan,
    columns: table.columns.map(({ inherited, ...c }) =>
      inherited && stays((p) => column(p, c.name) !== undefined) ? { ...c, inherited } : c,
    ),
    constraints: table.constraints.map(({ inherited, ...c }) =>
      inherited && stays((p) => inheritableCheck(p, c.name) !== undefined) ? { ...c, inherited } : c,
    ),
  })
  return table.columns.reduce((current, { name, notNullConstraint }) => {
    const isOwn = notNullConstraint?.inherited && !stays((p) => inheritableNotNull(p, name) !== undefined)
    return isOwn ? amendNotNull(current, key, name, { inherited: false }) : current
  }, put)
}
