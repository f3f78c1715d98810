import type { Catalog, Column, Constraint, Table, TableName } from './catalog/catalog.ts'
import type { ColumnIntent } from './intent.ts'
import type { Migration } from './migration.ts'
import { columnIn, isNewTable, namesTable, rangeKey } from './sql/relation.ts'
import { actionsOn, intentFor } from './target.ts'

/** Two tables whose rows belong together in pairs: a foreign key of the second points at the first, and is unique there. */
export interface Pair {
  /** Columns of the key in the first table, and of the foreign key in the second, in the same order. */
  readonly key: readonly string[]
  readonly foreign: readonly string[]
  readonly constraint: Constraint
}

/** A dropped column and what a person says that it has become. */
export interface Move {
  readonly from: TableName
  readonly column: string
  readonly into: TableName
  readonly to: string
}

/** How rows of `child` belong to rows of `parent`, each to at most one; undefined where no foreign key says so. */
export function pairOf({ tables }: Catalog, parent: TableName, child: TableName): Pair | undefined {
  const [first, second] = [tables.get(parent), tables.get(child)]
  for (const constraint of second?.constraints ?? []) {
    if (constraint.references?.table !== parent || !isUniqueIn(second, constraint.columns)) continue
    const named = constraint.references.columns
    const key = named.length > 0 ? named : (first?.constraints.find((c) => c.kind === 'primary')?.columns ?? [])
    if (key.length === constraint.columns.length) return { key, foreign: constraint.columns, constraint }
  }
  return undefined
}

/** A unique index over these columns and no others, of every row. */
export function isUniqueIn(table: Table | undefined, columns: readonly string[]): boolean {
  return (
    table?.indexes.some(
      (i) =>
        i.unique &&
        i.where === undefined &&
        i.keys.length === columns.length &&
        i.keys.every((k) => k.column !== undefined && columns.includes(k.column)),
    ) === true
  )
}

/** What a person says about where the column of a DROP COLUMN goes. */
export function moveIntent(migration: Migration, table: TableName, column: string): Extract<ColumnIntent, { kind: 'move' }> | undefined {
  return intentFor(migration, 'move', table, column)
}

/** The moves between the same two tables, in the order of their DROP COLUMNs. */
export function movesBetween(migration: Migration, from: TableName, into: TableName): Move[] {
  return actionsOn(migration, 'AT_DropColumn', from).flatMap(({ action }): Move[] => {
    const intent = moveIntent(migration, from, action.name)
    return intent && namesTable(intent.into, into) ? [{ from, column: action.name, into, to: intent.to }] : []
  })
}

/** Columns of new tables, of the same name and type, that a dropped one may have moved to: their rows belong to the rows of its table in pairs. */
export function moveCandidates(migration: Migration, table: TableName, name: string): { table: TableName; column: string }[] {
  const column = columnIn(migration.before, table, name)
  if (!column || writesIntoNew(migration)) return []
  return [...migration.after.tables].flatMap(([key, { columns }]) => {
    if (key === table || !isNewTable(migration, key) || !pairOf(migration.after, table, key)) return []
    return columns.some((c) => c.name === name && c.type === column.type) ? [{ table: key, column: name }] : []
  })
}

/** The migration moves values itself: nobody needs to be asked. */
function writesIntoNew(migration: Migration): boolean {
  return migration.script.statements.some(({ node }) => node.InsertStmt && isNewTable(migration, rangeKey(node.InsertStmt.relation)))
}

/** Columns of the new table that a person fills: nothing else gives them a value. */
export function filledColumns(moves: readonly Move[], migration: Migration): { readonly column: string; readonly fill: string }[] {
  const into = moves[0]?.into ?? ''
  return (migration.after.tables.get(into)?.columns ?? []).flatMap((c) => {
    const fill = needsValue(c) && !moves.some((m) => m.to === c.name) ? intentFor(migration, 'fill', into, c.name) : undefined
    return fill ? [{ column: c.name, fill: fill.with }] : []
  })
}

/** A column of a new table that an INSERT must name. */
export function needsValue(column: Column): boolean {
  return column.notNull && column.default === undefined && !column.identity && !column.generated
}
