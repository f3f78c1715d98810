import type { Catalog, Column, Constraint, Index, Table, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { displayTable, rangeKey } from '../relation.ts'
import type { Change } from './change.ts'
import { mark, putTable } from './edit.ts'
import { setNotNull } from './not-null.ts'
import { joinedColumns, relationName } from './object-name.ts'
import { ownSequence } from './sequence.ts'

// The options of LIKE, bits of TableLikeOption in src/include/nodes/parsenodes.h.
const INCLUDES = { comments: 1, compression: 2, constraints: 4, defaults: 8, generated: 16, identity: 32, indexes: 64 } as const

function includes(clause: PgNode, what: keyof typeof INCLUDES): boolean {
  return (((clause.options as number | undefined) ?? 0) & INCLUDES[what]) !== 0
}

/** LIKE: columns with type, collation and NOT NULL, and what INCLUDING names beside indexes. */
export function like(catalog: Catalog, key: TableName, clause: PgNode, change: Change): Catalog {
  const source = catalog.tables.get(rangeKey(clause.relation))
  const table = catalog.tables.get(key)
  if (!table || !source) return mark(catalog, key, change, `LIKE names ${displayTable(rangeKey(clause.relation))}, which is not known`)
  const columns = source.columns.map((column): Column => {
    const { name, type, collation, default: text, generated } = column
    return {
      name,
      type,
      notNull: false,
      ...(collation !== undefined && { collation }),
      ...(text !== undefined && includes(clause, 'defaults') && { default: text }),
      ...(generated && includes(clause, 'generated') && { generated }),
    }
  })
  const checks = source.constraints.filter((c) => c.kind === 'check' && includes(clause, 'constraints')).map(({ inherited: _, ...c }): Constraint => c)
  let current = putTable(catalog, key, { ...table, columns: [...table.columns, ...columns], constraints: [...table.constraints, ...checks] })
  for (const { name, notNullConstraint } of source.columns) if (notNullConstraint) current = setNotNull(current, key, name, notNullConstraint)
  for (const column of source.columns) if (column.identity && includes(clause, 'identity')) current = withIdentity(current, key, column)
  return current
}

function withIdentity(catalog: Catalog, key: TableName, { name, identity }: Column): Catalog {
  const table = catalog.tables.get(key) as Table
  const columns = table.columns.map((c): Column => (c.name === name && identity ? { ...c, identity } : c))
  const own = columns.find((c) => c.name === name)
  const put = putTable(catalog, key, { ...table, columns })
  return own ? ownSequence(put, key, relationName(catalog, table, name, 'seq', false), own) : put
}

/** INCLUDING INDEXES: indexes and the constraints that own one, under names of the new table. */
export function likeIndexes(catalog: Catalog, key: TableName, clause: PgNode): Catalog {
  const source = catalog.tables.get(rangeKey(clause.relation))
  if (!source || !includes(clause, 'indexes')) return catalog
  return source.indexes.reduce((current, index) => copyIndex(current, key, index, source.constraints.find((c) => c.name === index.constraint)), catalog)
}

function copyIndex(catalog: Catalog, key: TableName, { constraint: _, parent: __, ...index }: Index, owner: Constraint | undefined): Catalog {
  const table = catalog.tables.get(key) as Table
  const columns = joinedColumns([...index.keys.map((k) => k.column ?? 'expr'), ...index.include])
  const label = owner?.kind === 'primary' ? 'pkey' : owner?.kind === 'exclude' ? 'excl' : owner ? 'key' : 'idx'
  const name = relationName(catalog, table, label === 'pkey' ? undefined : columns, label, owner !== undefined)
  return putTable(catalog, key, {
    ...table,
    indexes: [...table.indexes, { ...index, name, ...(owner && { constraint: name }) }],
    constraints: owner ? [...table.constraints, { ...owner, name }] : table.constraints,
  })
}
