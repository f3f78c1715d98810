import type { Catalog, Table, TableName } from '../catalog/catalog.ts'
import type { HazardKind } from '../hazard.ts'
import type { Migration } from '../migration.ts'
import { DEFAULT_SCHEMA, splitKey } from '../sql/relation.ts'
import { quoteName } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'

/** A hazard in a statement: its kind, what it hits, and what to do instead with the real names. */
export interface Finding {
  readonly kind: HazardKind
  /** As a person writes it. */
  readonly on: string
  /** The safe sequence, in the imperative. */
  readonly fix: string
}

/** One finding, or none. */
export type Found = Finding | undefined

/** The kind with its own words, where there are none with names. */
export function plainly(kind: HazardKind, on: string): Finding {
  return { kind, on, fix: kind.instead }
}

/** The schema just before a statement. */
export function catalogAt(statement: Statement, migration: Migration): Catalog {
  return migration.at[statement.index] ?? migration.before
}

/** The schema just after it. */
export function catalogAfter(statement: Statement, migration: Migration): Catalog {
  return migration.at[statement.index + 1] ?? migration.after
}

/** A table as SQL: unqualified in the default schema. */
export function sqlOf(key: TableName): string {
  const [schema, name] = splitKey(key)
  return schema === DEFAULT_SCHEMA ? quoteName(name) : key
}

/** `"a", "b"` */
export function sqlList(names: readonly string[]): string {
  return names.map(quoteName).join(', ')
}

/** Columns of a table, by the catalog, that may hold NULL. */
export function nullable(table: Table | undefined, names: readonly string[]): string[] {
  return names.filter((name) => table?.columns.find((c) => c.name === name)?.notNull === false)
}
