import { type Catalog, type Column, column, type TableName } from '../catalog/catalog.ts'
import { putTable } from './edit.ts'
import { constraintName } from './object-name.ts'

interface NotNullOptions {
  /** The name that was given; absent: the one that PostgreSQL 18 makes. */
  readonly name?: string
  /** False for NOT VALID: new rows are checked, old rows are not proved. */
  readonly validated?: boolean
  readonly noInherit?: boolean
}

/** SET NOT NULL and all that means it: a constraint with a name of its own from version 18 on. One that stands is validated, if it was not. */
export function setNotNull(catalog: Catalog, key: TableName, name: string, options: NotNullOptions = {}): Catalog {
  const table = catalog.tables.get(key)
  const found = column(table, name)
  if (!table || !found) return catalog
  const validated = options.validated !== false
  const standing = found.notNullConstraint
  if (standing) return validated && !standing.validated ? edit(catalog, key, name, (c) => ({ ...c, notNull: true, notNullConstraint: { ...standing, validated } })) : catalog
  const constraint = {
    name: options.name ?? constraintName(catalog, table, name, 'not_null'),
    validated,
    ...(options.noInherit && { noInherit: true as const }),
  }
  return edit(catalog, key, name, (c) => ({ ...c, notNull: validated, notNullConstraint: constraint }))
}

/** DROP NOT NULL. */
export function dropNotNull(catalog: Catalog, key: TableName, name: string): Catalog {
  return edit(catalog, key, name, ({ notNullConstraint: _, ...c }) => ({ ...c, notNull: false }))
}

/** The column whose NOT NULL constraint has that name. */
export function columnOfNotNull(catalog: Catalog, key: TableName, constraint: string): Column | undefined {
  return catalog.tables.get(key)?.columns.find((c) => c.notNullConstraint?.name === constraint)
}

function edit(catalog: Catalog, key: TableName, name: string, change: (column: Column) => Column): Catalog {
  const table = catalog.tables.get(key)
  return table ? putTable(catalog, key, { ...table, columns: table.columns.map((c) => (c.name === name ? change(c) : c)) }) : catalog
}
