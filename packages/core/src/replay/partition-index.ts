import type { Catalog, Constraint, Index, Table, TableName } from '../catalog/catalog.ts'
import type { Change } from './change.ts'
import { mark, putTable } from './edit.ts'
import { namesOfIndex } from './index-key.ts'
import { childrenOf } from './names.ts'
import { joinedColumns, relationName } from './object-name.ts'

/** The constraint that owns an index of a table. */
export function ownerOf(table: Table, index: Index): Constraint | undefined {
  return index.constraint === undefined ? undefined : table.constraints.find((c) => c.name === index.constraint)
}

/** An index on a partitioned table, with the constraint that owns it, is one on each of its partitions too. */
export function indexPartitions(catalog: Catalog, key: TableName, index: Index): Catalog {
  const table = catalog.tables.get(key)
  if (table?.partitionedBy === undefined) return catalog
  const owner = ownerOf(table, index)
  return childrenOf(catalog.tables, key).reduce((current, child) => indexPartition(current, child, index, owner), catalog)
}

/** True where an index on the table alone waits for one on each partition. */
export function hasPartitions(catalog: Catalog, key: TableName): boolean {
  return catalog.tables.get(key)?.partitionedBy !== undefined && childrenOf(catalog.tables, key).length > 0
}

/** Attaches an index of the partition that is the same, or builds one. `above`: the constraint that owns the parent's index. */
export function indexPartition(catalog: Catalog, key: TableName, index: Index, above: Constraint | undefined): Catalog {
  const table = catalog.tables.get(key)
  if (!table) return catalog
  const same = table.indexes.find((i) => i.parent === undefined && isSame(i, index) && (!above || ownerOf(table, i)?.kind === above.kind))
  if (same) return attached(catalog, key, same.name, index.name)
  const name = copyName(catalog, table, index, above)
  const { constraint: _, ...bare } = index
  const own: Index = { ...bare, name, parent: index.name, valid: true, ...(above && { constraint: name }) }
  const added = putTable(catalog, key, {
    ...table,
    indexes: [...table.indexes, own],
    ...(above && { constraints: [...table.constraints, { ...above, name, inherited: true as const }] }),
  })
  return indexPartitions(added, key, own)
}

/** The name of an index that copies another one: LIKE … INCLUDING INDEXES, an index of a partition. */
export function copyName(catalog: Catalog, table: Table, index: Index, owner: Constraint | undefined): string {
  const columns = owner?.kind === 'primary' ? undefined : joinedColumns(namesOfIndex(index))
  const label = owner === undefined ? 'idx' : owner.kind === 'primary' ? 'pkey' : owner.kind === 'exclude' || owner.period ? 'excl' : 'key'
  return relationName(catalog, table, columns, label, owner !== undefined)
}

/** What PostgreSQL compares before it attaches an index instead of building one (CompareIndexInfo): not the order of its keys. */
function isSame(a: Index, b: Index): boolean {
  const parts = ({ unique, method, keys, include, where, nullsNotDistinct }: Index): string =>
    JSON.stringify([
      unique,
      method,
      keys.map((k) => [k.column, k.expression, k.options.replace(/ ?\b(DESC|NULLS (FIRST|LAST))\b/g, '')]),
      include,
      where,
      nullsNotDistinct,
    ])
  return parts(a) === parts(b)
}

function attached(catalog: Catalog, key: TableName, name: string, parent: string): Catalog {
  const table = catalog.tables.get(key) as Table
  const owner = table.indexes.find((i) => i.name === name)?.constraint
  return putTable(catalog, key, {
    ...table,
    indexes: table.indexes.map((i) => (i.name === name ? { ...i, parent } : i)),
    ...(owner !== undefined && { constraints: table.constraints.map((c) => (c.name === owner ? { ...c, inherited: true as const } : c)) }),
  })
}

/** ALTER INDEX … ATTACH PARTITION. The parent's index is valid once each partition has a part of it. */
export function attachIndex(catalog: Catalog, parent: string, child: string, key: TableName, change: Change): Catalog {
  const table = catalog.tables.get(key)
  if (!table?.indexes.some((i) => i.name === child)) return mark(catalog, key, change, `the index "${child}" is not known`)
  const above = table.parents?.[0]
  const joined = attached(catalog, key, child, parent)
  return above === undefined ? joined : validated(joined, above, parent)
}

function validated(catalog: Catalog, key: TableName, name: string): Catalog {
  const table = catalog.tables.get(key)
  const index = table?.indexes.find((i) => i.name === name)
  if (!table || !index || index.valid) return catalog
  const isWhole = childrenOf(catalog.tables, key).every((child) =>
    catalog.tables.get(child)?.indexes.some((i) => i.parent === name && i.valid),
  )
  if (!isWhole) return catalog
  const valid = putTable(catalog, key, { ...table, indexes: table.indexes.map((i) => (i === index ? { ...i, valid: true } : i)) })
  const above = table.parents?.[0]
  return index.parent === undefined || above === undefined ? valid : validated(valid, above, index.parent)
}

/** The parts of an index follow its new name. */
export function followIndexName(catalog: Catalog, key: TableName, from: string, to: string): Catalog {
  return childrenOf(catalog.tables, key).reduce((current, child) => {
    const table = current.tables.get(child)
    if (!table?.indexes.some((i) => i.parent === from)) return current
    return putTable(current, child, { ...table, indexes: table.indexes.map((i) => (i.parent === from ? { ...i, parent: to } : i)) })
  }, catalog)
}

/** The catalog without the parts of an index, and without the constraints that own them. */
export function withoutParts(catalog: Catalog, key: TableName, index: string): Catalog {
  return childrenOf(catalog.tables, key).reduce((current, child) => {
    const table = current.tables.get(child)
    const part = table?.indexes.find((i) => i.parent === index)
    if (!table || !part) return current
    const left = {
      ...table,
      indexes: table.indexes.filter((i) => i !== part),
      constraints: table.constraints.filter((c) => c.name !== part.constraint),
    }
    return withoutParts(putTable(current, child, left), child, part.name)
  }, catalog)
}
