import type { Catalog, Column, Constraint, Table, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { displayTable, rangeKey } from '../relation.ts'
import type { Change } from './change.ts'
import { mark, putTable } from './edit.ts'
import { setNotNull } from './not-null.ts'

/** What a new table has from a parent: columns with their defaults, NOT NULLs and checks. */
export function inherit(catalog: Catalog, key: TableName, parent: TableName, change: Change): Catalog {
  const above = catalog.tables.get(parent)
  const table = catalog.tables.get(key)
  if (!table || !above) return mark(catalog, key, change, `what the table has from ${displayTable(parent)} is not known`)
  const isPartition = table.kind === 'partition'
  const columns = above.columns
    .filter((c) => !table.columns.some((own) => own.name === c.name))
    .map(({ notNullConstraint: _, identity, ...c }): Column => ({ ...c, notNull: false, inherited: true, ...(identity && isPartition && { identity }) }))
  const checks = above.constraints
    .filter((c) => c.kind === 'check' && !c.noInherit && !table.constraints.some((own) => own.name === c.name))
    .map((c): Constraint => ({ ...c, inherited: true }))
  const put = putTable(catalog, key, { ...table, columns: [...table.columns, ...columns], constraints: [...table.constraints, ...checks] })
  return above.columns.reduce((current, { name, notNullConstraint }) => {
    return notNullConstraint && !notNullConstraint.noInherit ? setNotNull(current, key, name, notNullConstraint) : current
  }, put)
}

/** ALTER TABLE … INHERIT: columns and checks that both have are the parent's too from now on; they stay the table's own. */
export function addParent(catalog: Catalog, key: TableName, range: PgNode): Catalog {
  const table = catalog.tables.get(key) as Table
  return putTable(catalog, key, { ...table, kind: 'inherited', parents: [...(table.parents ?? []), rangeKey(range)] })
}

/** ALTER TABLE … NO INHERIT: what came from the parent alone is the table's own from now on. */
export function dropParent(catalog: Catalog, key: TableName, range: PgNode): Catalog {
  const table = catalog.tables.get(key) as Table
  const gone = rangeKey(range)
  const { parents = [], ...rest } = table
  const left = parents.filter((p) => p !== gone)
  const stays = (name: string): boolean => left.some((p) => catalog.tables.get(p)?.columns.some((c) => c.name === name))
  return putTable(catalog, key, {
    ...rest,
    kind: left.length > 0 ? table.kind : 'table',
    ...(left.length > 0 && { parents: left }),
    columns: table.columns.map(({ inherited, ...c }) => (inherited && stays(c.name) ? { ...c, inherited } : c)),
    constraints: table.constraints.map(({ inherited: _, ...c }) => c),
  })
}
