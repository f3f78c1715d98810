import { type Catalog, type Column, column, type TableName } from '../catalog/catalog.ts'
import { putTable } from './edit.ts'
import { constraintName } from './object-name.ts'

type NotNull = NonNullable<Column['notNullConstraint']>

interface NotNullOptions {
  /** The name that was given, or the parent's; absent: the one that PostgreSQL 18 makes. */
  readonly name?: string | undefined
  /** False for NOT VALID: new rows are checked, old rows are not proved. */
  readonly validated?: boolean
  readonly noInherit?: boolean | undefined
  /** True where a parent's reaches this table. */
  readonly inherited?: boolean | undefined
}

/** SET NOT NULL and all that means it: a constraint with a name of its own from version 18 on. One that stands becomes the table's own, and valid, if it was not. */
export function setNotNull(catalog: Catalog, key: TableName, name: string, options: NotNullOptions = {}): Catalog {
  const table = catalog.tables.get(key)
  const found = column(table, name)
  if (!table || !found) return catalog
  const validated = options.validated !== false
  const standing = found.notNullConstraint
  if (standing) {
    const isInherited = options.inherited === true && standing.inherited === true
    const next = made({ ...standing, validated: standing.validated || validated, inherited: isInherited })
    return next.validated === standing.validated && next.inherited === standing.inherited ? catalog : put(catalog, key, name, next)
  }
  return put(catalog, key, name, made({ ...options, name: options.name ?? constraintName(catalog, table, name, 'not_null'), validated }))
}

/** A NOT NULL of a new table. */
export type NewNotNull = NotNullOptions & { readonly column: string }

function made({ name, validated, noInherit, inherited }: NotNullOptions & { readonly name: string; readonly validated: boolean }): NotNull {
  if (!noInherit && !inherited) return { name, validated }
  return { name, validated, ...(noInherit && { noInherit: true as const }), ...(inherited && { inherited: true as const }) }
}

/** The NOT NULLs of a new table, all at once: named ones first come as they are, the others get names beside them. */
export function newNotNulls(catalog: Catalog, key: TableName, list: readonly NewNotNull[]): Catalog {
  const table = catalog.tables.get(key)
  if (!table || list.length === 0) return catalog
  const found = new Map<string, NotNull>()
  const names = new Set<string>()
  for (const { column: of, name: given, noInherit, inherited } of list) {
    if (found.has(of)) continue
    const name = given ?? constraintName(catalog, table, of, 'not_null', names)
    names.add(name)
    found.set(of, made({ name, validated: true, noInherit, inherited }))
  }
  const columns = table.columns.map((c): Column => {
    const notNullConstraint = found.get(c.name)
    return notNullConstraint ? { ...c, notNull: true, notNullConstraint } : c
  })
  return putTable(catalog, key, { ...table, columns })
}

/** DROP NOT NULL. */
export function dropNotNull(catalog: Catalog, key: TableName, name: string): Catalog {
  return edit(catalog, key, name, ({ notNullConstraint: _, ...c }) => ({ ...c, notNull: false }))
}

/** The column whose NOT NULL constraint has that name. */
export function columnOfNotNull(catalog: Catalog, key: TableName, constraint: string): Column | undefined {
  return catalog.tables.get(key)?.columns.find((c) => c.notNullConstraint?.name === constraint)
}

/** Gives a column's NOT NULL constraint these fields. */
export function amendNotNull(
  catalog: Catalog,
  key: TableName,
  name: string,
  fields: { name?: string; noInherit?: boolean; inherited?: boolean },
): Catalog {
  const standing = column(catalog.tables.get(key), name)?.notNullConstraint
  return standing ? put(catalog, key, name, made({ ...standing, ...fields })) : catalog
}

function put(catalog: Catalog, key: TableName, name: string, notNullConstraint: NotNull): Catalog {
  return edit(catalog, key, name, (c) => ({ ...c, notNull: notNullConstraint.validated, notNullConstraint }))
}

function edit(catalog: Catalog, key: TableName, name: string, change: (column: Column) => Column): Catalog {
  const table = catalog.tables.get(key)
  return table ? putTable(catalog, key, { ...table, columns: table.columns.map((c) => (c.name === name ? change(c) : c)) }) : catalog
}
