import type { Catalog, Constraint, Index, Table, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { printedName } from '../printed-name.ts'
import { rangeKey } from '../relation.ts'
import type { Change } from './change.ts'
import { mark, markUnknown, putTable } from './edit.ts'
import { childrenOf } from './names.ts'
import { setNotNull } from './not-null.ts'
import { constraintName, joinedColumns, relationName } from './object-name.ts'
import { sourceOf, textOf, tokenAt } from './slice.ts'

/** `LIST (region)`, `RANGE (lower(name), at)`: the key of PARTITION BY as PostgreSQL prints it, expressions aside. */
export function partitionKey(spec: PgNode, change: Change): string {
  const strategy = String(spec.strategy).replace('PARTITION_STRATEGY_', '')
  const names = ((spec.partParams ?? []) as PgNode[]).map(({ PartitionElem: e }) => (e.name === undefined ? undefined : printedName(e.name)))
  if (names.every((name) => name !== undefined)) return `${strategy} (${names.join(', ')})`
  const source = sourceOf(change.statement)
  const from = tokenAt(source, spec)
  return textOf(source, [from + 2, source.tokens.length])
}

/** `FOR VALUES …` or `DEFAULT`, as it was written. */
export function boundOf(bound: PgNode, change: Change): string {
  if (bound.is_default) return 'DEFAULT'
  const source = sourceOf(change.statement)
  const at = tokenAt(source, bound)
  const end = source.tokens.findIndex((t, i) => i > at && ['PARTITION', 'WITH', 'TABLESPACE'].includes(t.text.toUpperCase()) && source.tokens[i + 1]?.text !== '(')
  return `FOR VALUES ${textOf(source, [at, end < 0 ? source.tokens.length : end])}`
}

/** A new partition, or one that is attached, gets what its parent has: indexes, keys, checks, foreign keys, NOT NULLs. */
export function joinParent(catalog: Catalog, key: TableName, parent: TableName): Catalog {
  const above = catalog.tables.get(parent)
  if (!above) return catalog
  let current = catalog
  for (const index of above.indexes) if (index.valid) current = indexPartition(current, key, index, above.constraints.find((c) => c.name === index.constraint))
  for (const constraint of above.constraints) if (constraint.kind === 'foreign') current = inheritKey(current, key, constraint)
  for (const trigger of above.triggers) {
    const table = current.tables.get(key) as Table
    if (!table.triggers.some((t) => t.name === trigger.name)) current = putTable(current, key, { ...table, triggers: [...table.triggers, trigger] })
  }
  return current
}

/** An index on a partitioned table is one on each of its partitions too. */
export function indexPartitions(catalog: Catalog, key: TableName, index: Index): Catalog {
  if (catalog.tables.get(key)?.partitionedBy === undefined) return catalog
  return childrenOf(catalog.tables, key).reduce((current, child) => indexPartition(current, child, index, undefined), catalog)
}

/** Attaches an index of the partition that is the same, or builds one. `constraint`: the parent's, where it owns the index. */
function indexPartition(catalog: Catalog, key: TableName, index: Index, constraint: Constraint | undefined): Catalog {
  const table = catalog.tables.get(key)
  if (!table) return catalog
  const same = table.indexes.find((i) => i.parent === undefined && isSame(i, index) && (constraint === undefined || i.constraint !== undefined))
  if (same) {
    const owner = table.constraints.map((c) => (constraint && c.name === same.constraint ? { ...c, inherited: true as const } : c))
    return putTable(catalog, key, { ...table, constraints: owner, indexes: table.indexes.map((i) => (i === same ? { ...i, parent: index.name } : i)) })
  }
  const columns = joinedColumns([...index.keys.map((k) => k.column ?? 'expr'), ...index.include])
  const name =
    constraint?.kind === 'primary'
      ? relationName(catalog, table, undefined, 'pkey', true)
      : relationName(catalog, table, columns, constraint ? 'key' : 'idx', constraint !== undefined)
  const { constraint: _, ...bare } = index
  const own: Index = { ...bare, name, parent: index.name, ...(constraint && { constraint: name }) }
  const solid = constraint?.kind === 'primary' ? constraint.columns.reduce((c, column) => setNotNull(c, key, column), catalog) : catalog
  const now = solid.tables.get(key) as Table
  const added = putTable(solid, key, {
    ...now,
    indexes: [...now.indexes, own],
    constraints: constraint ? [...now.constraints, { ...constraint, name, inherited: true }] : now.constraints,
  })
  return now.partitionedBy === undefined ? added : childrenOf(added.tables, key).reduce((c, child) => indexPartition(c, child, own, constraint && { ...constraint, name }), added)
}

function isSame(a: Index, b: Index): boolean {
  const parts = ({ unique, method, keys, include, where, nullsNotDistinct }: Index): string =>
    JSON.stringify([unique, method, keys.map((k) => [k.column, k.expression, k.options]), include, where, nullsNotDistinct])
  return parts(a) === parts(b)
}

function inheritKey(catalog: Catalog, key: TableName, constraint: Constraint): Catalog {
  const table = catalog.tables.get(key) as Table
  if (table.constraints.some((c) => c.kind === 'foreign' && c.columns.join() === constraint.columns.join() && c.references?.table === constraint.references?.table)) return catalog
  const isFree = !table.constraints.some((c) => c.name === constraint.name)
  const name = isFree ? constraint.name : constraintName(catalog, table, joinedColumns(constraint.columns), 'fkey')
  return putTable(catalog, key, { ...table, constraints: [...table.constraints, { ...constraint, name, inherited: true }] })
}

/** A key or a foreign key that is added to a partitioned table goes to its partitions too. */
export function constrainPartitions(catalog: Catalog, key: TableName, constraint: Constraint): Catalog {
  const table = catalog.tables.get(key)
  if (table?.partitionedBy === undefined) return catalog
  const index = table.indexes.find((i) => i.constraint === constraint.name)
  return childrenOf(catalog.tables, key).reduce((current, child) => {
    if (index) return indexPartition(current, child, index, constraint)
    return constraint.kind === 'foreign' ? inheritKey(current, child, constraint) : current
  }, catalog)
}

/** ATTACH PARTITION. */
export function attachPartition(catalog: Catalog, key: TableName, cmd: PgNode, change: Change): Catalog {
  const child = rangeKey(cmd.name)
  const [table, parent] = [catalog.tables.get(child), catalog.tables.get(key)]
  if (!table || !parent) return markUnknown(catalog, table ? key : child, change)
  const columns = table.columns.map((c) => (parent.columns.some((p) => p.name === c.name) ? { ...c, inherited: true as const } : c))
  const constraints = table.constraints.map((c) =>
    c.kind === 'check' && parent.constraints.some((p) => p.name === c.name && p.kind === 'check') ? { ...c, inherited: true as const } : c,
  )
  const attached = putTable(catalog, child, { ...table, kind: 'partition', parents: [key], bound: boundOf(cmd.bound, change), columns, constraints })
  return joinParent(attached, child, key)
}

/** DETACH PARTITION: the table keeps all that it has, as its own. */
export function detachPartition(catalog: Catalog, cmd: PgNode, change: Change): Catalog {
  const key = rangeKey(cmd.name)
  const table = catalog.tables.get(key)
  if (!table) return markUnknown(catalog, key, change)
  const { parents: _, bound: __, ...rest } = table
  return putTable(catalog, key, {
    ...rest,
    kind: table.partitionedBy === undefined ? 'table' : 'partitioned',
    columns: table.columns.map(({ inherited: _i, ...c }) => c),
    constraints: table.constraints.map(({ inherited: _i, ...c }) => c),
    indexes: table.indexes.map(({ parent: _p, ...i }) => i),
  })
}

/** ALTER INDEX … ATTACH PARTITION. */
export function attachIndex(catalog: Catalog, parent: string, child: string, key: TableName, change: Change): Catalog {
  const table = catalog.tables.get(key)
  if (!table?.indexes.some((i) => i.name === child)) return mark(catalog, key, change, `the index "${child}" is not known`)
  return putTable(catalog, key, { ...table, indexes: table.indexes.map((i) => (i.name === child ? { ...i, parent } : i)) })
}
