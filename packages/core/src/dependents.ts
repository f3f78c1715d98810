import type { Catalog, Constraint, Index, Policy, Table, TableName } from './catalog/catalog.ts'
import { mayUse } from './facts/trigger-reads.ts'
import { namesColumn } from './replay/columns-in.ts'
import { guardedTables, referrers } from './replay/names.ts'
import { mayName } from './sql/expression.ts'

/** What hangs on one column, as the catalog knows it. */
export interface Dependents {
  /** Indexes that no constraint owns. */
  readonly indexes: readonly Index[]
  readonly constraints: readonly Constraint[]
  /** Foreign keys of other columns or tables that point at the column. */
  readonly inbound: readonly { readonly table: TableName; readonly constraint: Constraint }[]
  /** What can't be seen into from here, in words: views, triggers, policies, generated columns. Each may name the column. */
  readonly opaque: readonly string[]
}

/** Everything that names a column of a table. An expression that can't be read counts as naming it. */
export function dependents(catalog: Catalog, key: TableName, column: string): Dependents {
  const table = catalog.tables.get(key)
  const names = (expression: string | undefined): boolean => expression !== undefined && mayName(expression, column)
  return {
    indexes: (table?.indexes ?? []).filter(
      (i) =>
        i.constraint === undefined &&
        (i.keys.some((k) => k.column === column || names(k.expression)) || i.include.includes(column) || names(i.where)),
    ),
    constraints: (table?.constraints ?? []).filter((c) => c.columns.includes(column) || names(c.expression)),
    inbound: referrers(catalog.tables, key).flatMap((other) =>
      (catalog.tables.get(other)?.constraints ?? [])
        .filter((c) => c.references?.table === key && pointsAt(c, table, column))
        .map((constraint) => ({ table: other, constraint })),
    ),
    opaque: table ? opaque(catalog, key, column, table, names) : [],
  }
}

function pointsAt(constraint: Constraint, table: Table | undefined, column: string): boolean {
  const named = constraint.references?.columns ?? []
  const columns = named.length > 0 ? named : (table?.constraints.find((c) => c.kind === 'primary')?.columns ?? [])
  return columns.includes(column)
}

function opaque(catalog: Catalog, key: TableName, column: string, table: Table, names: (e: string | undefined) => boolean): string[] {
  const of = { table: key, name: column }
  const views = [...catalog.views]
    .filter(([, v]) => v.reads.some((r) => r.table === key && (r.columns?.includes(column) ?? true)))
    .map(([name]) => `view ${name}`)
  const triggers = table.triggers
    .filter((t) => !t.name.startsWith('zzz_ec_') && mayUse(t, catalog, column))
    .map((t) => `trigger "${t.name}"`)
  const isNamed = (on: TableName, p: Policy): boolean =>
    [p.using, p.check].some((text) => text !== undefined && namesColumn(catalog, text, on, of))
  const policies = guardedTables(catalog.tables).flatMap((on) =>
    (catalog.tables.get(on)?.policies ?? []).filter((p) => isNamed(on, p)).map((p) => `policy "${p.name}"${on === key ? '' : ` of ${on}`}`),
  )
  const generated = table.columns.filter((c) => names(c.generated?.expression)).map((c) => `generated column "${c.name}"`)
  return [...views, ...triggers, ...policies, ...generated]
}
