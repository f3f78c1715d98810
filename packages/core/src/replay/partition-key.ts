import type { Catalog, Constraint, Table, TableName } from '../catalog/catalog.ts'
import { putTable } from './edit.ts'
import { childrenOf } from './names.ts'
import { constraintName, joinedColumns } from './object-name.ts'
import { indexPartitions } from './partition-index.ts'

/** A key or a foreign key that is added to a partitioned table goes to its partitions too. */
export function constrainPartitions(catalog: Catalog, key: TableName, constraint: Constraint): Catalog {
  const table = catalog.tables.get(key)
  if (table?.partitionedBy === undefined) return catalog
  const index = table.indexes.find((i) => i.constraint === constraint.name)
  if (index) return indexPartitions(catalog, key, index)
  if (constraint.kind !== 'foreign') return catalog
  return childrenOf(catalog.tables, key).reduce((current, child) => inheritForeignKey(current, child, constraint), catalog)
}

/** A partition's part of its parent's foreign key: one that is the same becomes it. */
export function inheritForeignKey(catalog: Catalog, key: TableName, above: Constraint): Catalog {
  const table = catalog.tables.get(key)
  if (!table) return catalog
  const same = table.constraints.find((c) => !c.inherited && isSameKey(c, above))
  if (same)
    return putTable(catalog, key, {
      ...table,
      constraints: table.constraints.map((c) => (c === same ? { ...c, inherited: true as const } : c)),
    })
  const isFree =
    !table.constraints.some((c) => c.name === above.name) && !table.columns.some((c) => c.notNullConstraint?.name === above.name)
  const name = isFree ? above.name : constraintName(catalog, table, joinedColumns(above.columns), 'fkey')
  const own: Constraint = { ...above, name, inherited: true }
  return constrainPartitions(putTable(catalog, key, { ...table, constraints: [...table.constraints, own] }), key, own)
}

/** True where two foreign keys differ in nothing but their names and who made them. */
export function isSameKey(a: Constraint, b: Constraint): boolean {
  const parts = ({ columns, references, deferrable, initiallyDeferred, notEnforced }: Constraint): string =>
    JSON.stringify([
      columns,
      references && Object.entries(references).sort(),
      deferrable === true,
      initiallyDeferred === true,
      notEnforced === true,
    ])
  return a.kind === 'foreign' && b.kind === 'foreign' && parts(a) === parts(b)
}

/** The part that a partition has of its parent's foreign key. */
export function partOfForeignKey(table: Table, above: Constraint): Constraint | undefined {
  return table.constraints.find(
    (c) =>
      c.inherited &&
      c.kind === 'foreign' &&
      c.columns.join('\0') === above.columns.join('\0') &&
      c.references?.table === above.references?.table,
  )
}
