import type { Catalog, Column, Constraint, TableName, Trigger } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { printedName } from '../sql/printed-name.ts'
import { readScript } from '../sql/read.ts'
import { rangeKey } from '../sql/relation.ts'
import { alterTable } from './alter-table.ts'
import type { Change } from './change.ts'
import { mark, markUnknown, putTable } from './edit.ts'
import { isBelow } from './inherit.ts'
import { childrenOf } from './names.ts'
import { checkOfBound } from './partition-check.ts'
import { indexPartition, ownerOf } from './partition-index.ts'
import { inheritForeignKey } from './partition-key.ts'
import { closing, find, type Source, sourceOf, textOf, tokenAt } from './slice.ts'

/** `LIST (region)`, `RANGE (lower(name), at)`: the key of PARTITION BY; with expressions, collations or operator classes as it was written. */
export function partitionKey(spec: PgNode, change: Change): string {
  const strategy = String(spec.strategy).replace('PARTITION_STRATEGY_', '')
  const elements = ((spec.partParams ?? []) as PgNode[]).map((p) => p.PartitionElem as PgNode)
  if (elements.every((e) => e.name !== undefined && !e.collation && !e.opclass))
    return `${strategy} (${elements.map((e) => printedName(e.name)).join(', ')})`
  const source = sourceOf(change.statement)
  const open = find(source, '(', tokenAt(source, spec))
  return `${strategy} ${textOf(source, [open, closing(source, open)])}`
}

const BEHIND_BOUND = new Set(['PARTITION', 'WITH', 'USING', 'ON', 'TABLESPACE', 'WITHOUT'])

/** `FOR VALUES …` or `DEFAULT`, as it was written. */
export function boundOf(bound: PgNode, change: Change): string {
  if (bound.is_default) return 'DEFAULT'
  const source = sourceOf(change.statement)
  const at = tokenAt(source, bound)
  return `FOR VALUES ${textOf(source, [at, endOfBound(source, at)])}`
}

function endOfBound(source: Source, from: number): number {
  let i = from + 1
  while (i < source.tokens.length) {
    const text = source.tokens[i]?.text ?? ''
    if (BEHIND_BOUND.has(text.toUpperCase())) return i
    i = text === '(' ? closing(source, i) : i + 1
  }
  return i
}

/** A new partition, or one that is attached, gets what its parent has: indexes with their constraints, foreign keys, row triggers. */
export function joinParent(catalog: Catalog, key: TableName, parent: TableName): Catalog {
  const above = catalog.tables.get(parent)
  if (!above) return catalog
  let current = catalog
  for (const index of above.indexes) current = indexPartition(current, key, index, ownerOf(above, index))
  for (const constraint of above.constraints) if (constraint.kind === 'foreign') current = inheritForeignKey(current, key, constraint)
  for (const trigger of above.triggers) current = cloneTrigger(current, key, trigger)
  return current
}

/** A row trigger of a partitioned table stands on its partitions too, under its name. */
export function cloneTrigger(catalog: Catalog, key: TableName, trigger: Trigger): Catalog {
  const table = catalog.tables.get(key)
  if (!table || trigger.perStatement) return catalog
  const cloned = putTable(catalog, key, { ...table, triggers: [...table.triggers.filter((t) => t.name !== trigger.name), trigger] })
  return triggersOfPartitions(cloned, key, trigger, cloneTrigger)
}

/** The clones of a row trigger go with it. */
export function dropClone(catalog: Catalog, key: TableName, trigger: Trigger): Catalog {
  const table = catalog.tables.get(key)
  if (!table || trigger.perStatement) return catalog
  const dropped = putTable(catalog, key, { ...table, triggers: table.triggers.filter((t) => t.name !== trigger.name) })
  return triggersOfPartitions(dropped, key, trigger, dropClone)
}

/** What is done to a trigger of a partitioned table is done to its clones. */
export function triggersOfPartitions(
  catalog: Catalog,
  key: TableName,
  trigger: Trigger,
  edit: (catalog: Catalog, child: TableName, trigger: Trigger) => Catalog,
): Catalog {
  if (trigger.perStatement || catalog.tables.get(key)?.partitionedBy === undefined) return catalog
  return childrenOf(catalog.tables, key).reduce((current, child) => edit(current, child, trigger), catalog)
}

/** ATTACH PARTITION: what the parent has too is not the partition's own any more. */
export function attachPartition(catalog: Catalog, key: TableName, cmd: PgNode, change: Change): Catalog {
  const child = rangeKey(cmd.name)
  const [table, parent] = [catalog.tables.get(child), catalog.tables.get(key)]
  if (!table || !parent) return markUnknown(catalog, table ? key : child, change)
  if (isBelow(catalog, key, child)) return mark(catalog, child, change, 'it would be a partition of its own partition')
  const inherited = { inherited: true as const }
  const columns = table.columns.map((c): Column => {
    const above = parent.columns.find((p) => p.name === c.name)
    if (!above) return c
    const isRequired = c.notNullConstraint && above.notNullConstraint && !above.notNullConstraint.noInherit
    return { ...c, ...inherited, ...(isRequired && { notNullConstraint: { ...c.notNullConstraint, ...inherited } }) }
  })
  const constraints = table.constraints.map(
    (c): Constraint =>
      c.kind === 'check' && parent.constraints.some((p) => p.name === c.name && p.kind === 'check' && !p.noInherit)
        ? { ...c, ...inherited }
        : c,
  )
  const attached = putTable(catalog, child, {
    ...table,
    kind: 'partition',
    parents: [key],
    bound: boundOf(cmd.bound, change),
    columns,
    constraints,
  })
  return joinParent(attached, child, key)
}

/** DETACH PARTITION: the table keeps what it has as its own, but for the triggers of its parent. */
export function detachPartition(catalog: Catalog, cmd: PgNode, change: Change): Catalog {
  const key = rangeKey(cmd.name)
  const table = catalog.tables.get(key)
  if (!table) return markUnknown(catalog, key, change)
  const { parents = [], bound: _, ...rest } = table
  const above = catalog.tables.get(parents[0] ?? '')
  const detached = putTable(catalog, key, {
    ...rest,
    kind: table.partitionedBy === undefined ? 'table' : 'partitioned',
    columns: table.columns.map(({ inherited: _i, ...c }) =>
      c.notNullConstraint ? { ...c, notNullConstraint: own(c.notNullConstraint) } : c,
    ),
    constraints: table.constraints.map(own),
    indexes: table.indexes.map(({ parent: _p, ...i }) => i),
  })
  const left = (above?.triggers ?? []).reduce((current, trigger) => dropClone(current, key, trigger), detached)
  return cmd.concurrent === true ? withCheckOfBound(left, key, checkOfBound(catalog, table, above), change) : left
}

/** DETACH PARTITION … CONCURRENTLY leaves the bounds as a CHECK. */
function withCheckOfBound(catalog: Catalog, key: TableName, check: string | undefined, change: Change): Catalog {
  if (check === 'none') return catalog
  if (check === undefined)
    return mark(catalog, key, change, 'DETACH PARTITION … CONCURRENTLY leaves a check of its bounds, which is not followed')
  const [statement] = readScript(`ALTER TABLE ${key} ADD CHECK (${check})`).statements
  if (!statement) return catalog
  return alterTable(catalog, untag(statement.node)[1], { ...change, statement: { ...statement, line: change.statement.line } })
}

function own<T extends { readonly inherited?: true }>({ inherited: _, ...rest }: T): Omit<T, 'inherited'> {
  return rest
}
