import type { Catalog, Column, Constraint, Index, Table, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { displayTable, rangeKey, splitKey } from '../sql/relation.ts'
import { userType } from '../sql/type-name.ts'
import type { Change } from './change.ts'
import { withColumn } from './column.ts'
import { mark, putTable } from './edit.ts'
import { relationName } from './object-name.ts'
import { copyName, ownerOf } from './partition-index.ts'
import { ownSequence } from './sequence.ts'

// The options of LIKE, bits of TableLikeOption in src/include/nodes/parsenodes.h.
const INCLUDES = { comments: 1, compression: 2, constraints: 4, defaults: 8, generated: 16, identity: 32, indexes: 64 } as const

function includes(clause: PgNode, what: keyof typeof INCLUDES): boolean {
  return (((clause.options as number | undefined) ?? 0) & INCLUDES[what]) !== 0
}

/** LIKE: columns with type and collation, and what INCLUDING names of them. */
export function like(catalog: Catalog, key: TableName, clause: PgNode, change: Change): Catalog {
  const from = rangeKey(clause.relation)
  const columns = catalog.tables.get(from)?.columns ?? attributes(catalog, from)
  if (!columns) return mark(catalog, key, change, `LIKE names ${displayTable(from)}, whose columns are not known`)
  let current = catalog
  for (const { name, type, collation, default: text, generated, identity } of columns) {
    const column: Column = {
      name,
      type,
      notNull: false,
      ...(text !== undefined && includes(clause, 'defaults') && { default: text }),
      ...(identity && includes(clause, 'identity') && { identity }),
      ...(generated && includes(clause, 'generated') && { generated }),
      ...(collation !== undefined && { collation }),
    }
    const table = current.tables.get(key) as Table
    current = putTable(current, key, withColumn(table, column))
    // PostgreSQL copies the sequence's options, which do not say its type.
    if (column.identity)
      current = ownSequence(current, key, relationName(current, table, name, 'seq', false), { ...column, type: 'bigint' })
  }
  return current
}

/** A composite type's attributes as columns. */
function attributes(catalog: Catalog, key: TableName): readonly Column[] | undefined {
  return catalog.composites.get(userType(splitKey(key)))?.map(({ name, type }) => ({ name, type, notNull: false }))
}

/** The NOT NULLs that LIKE takes along, under their names, as constraints of the table's list. */
export function likeNotNulls(catalog: Catalog, clause: PgNode): PgNode[] {
  const columns = catalog.tables.get(rangeKey(clause.relation))?.columns ?? []
  return columns.flatMap(({ name, notNullConstraint: c }) =>
    c
      ? [
          {
            contype: 'CONSTR_NOTNULL',
            keys: [{ String: { sval: name } }],
            conname: c.name,
            is_no_inherit: c.noInherit === true,
            location: clause.relation.location,
          },
        ]
      : [],
  )
}

/** INCLUDING CONSTRAINTS and INDEXES: checks, which are valid for a table without rows, and indexes with the constraints that own one, under names of the new table. */
export function likeConstraints(catalog: Catalog, key: TableName, clause: PgNode): Catalog {
  const source = catalog.tables.get(rangeKey(clause.relation))
  const table = catalog.tables.get(key)
  if (!source || !table) return catalog
  const checks = source.constraints
    .filter((c) => c.kind === 'check' && includes(clause, 'constraints'))
    .map(({ inherited: _, ...c }): Constraint => ({ ...c, validated: !c.notEnforced }))
  const own = table.constraints.filter((c) => !checks.some((check) => check.name === c.name))
  const checked = checks.length === 0 ? catalog : putTable(catalog, key, { ...table, constraints: [...own, ...checks] })
  return includes(clause, 'indexes')
    ? source.indexes.reduce((current, index) => copyIndex(current, key, index, ownerOf(source, index)), checked)
    : checked
}

function copyIndex(catalog: Catalog, key: TableName, index: Index, owner: Constraint | undefined): Catalog {
  const table = catalog.tables.get(key) as Table
  const name = copyName(catalog, table, index, owner)
  const { constraint: _, parent: __, madeAs: ___, ...bare } = index
  return putTable(catalog, key, {
    ...table,
    indexes: [
      ...table.indexes,
      { ...bare, name, valid: true, ...(owner && { constraint: name }), ...(index.madeAs && { madeAs: index.madeAs }) },
    ],
    ...(owner && { constraints: [...table.constraints, withoutParent(owner, name)] }),
  })
}

function withoutParent({ inherited: _, ...constraint }: Constraint, name: string): Constraint {
  return { ...constraint, name }
}
