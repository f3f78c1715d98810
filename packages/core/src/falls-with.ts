import type { TableName } from './catalog/catalog.ts'
import type { Migration } from './migration.ts'
import { type PgNode, untag } from './sql/parser.ts'
import { actionOf, rangeSql, strings } from './sql/relation.ts'
import { quoteName } from './sql/sql.ts'
import type { Statement } from './sql/statement.ts'
import { actionsOn } from './target.ts'

/** Statements of the same migration that belong to the end of a column, and what falls with it. */
export interface FallsWithColumn {
  readonly claims: readonly number[]
  /** DROP CONSTRAINT of the column's foreign keys: each locks another table, so each has its own transaction. */
  readonly foreign: readonly string[]
  /** Run before DROP COLUMN: the ORM's own DROP INDEX and DROP CONSTRAINT on it. */
  readonly before: readonly string[]
}

/** Finds them. The foreign keys are those of the catalog, dropped by a statement of the migration or not. */
export function fallsWithColumn(drop: Statement, migration: Migration, table: TableName, column: string): FallsWithColumn {
  const claims: number[] = []
  const before: string[] = []
  const found = migration.before.tables.get(table)
  // A constraint or index over several dropped columns falls with the first of them.
  const owns = (name: string) =>
    found?.constraints.find((c) => c.name === name && c.columns.find((n) => isDropped(migration, table, n)) === column)
  for (const statement of migration.script.statements) {
    const constraint = actionOf(statement, 'AT_DropConstraint')
    if (constraint?.table === table && owns(constraint.name)) {
      claims.push(statement.index)
      if (owns(constraint.name)?.kind !== 'foreign') before.push(statement.sql)
    }
    if (dropsIndexOf(statement, migration, table, column)) {
      claims.push(statement.index)
      before.push(statement.sql)
    }
  }
  const alter = `ALTER TABLE ${rangeSql(untag(drop.node)[1].relation)}`
  const foreign = (found?.constraints ?? []).filter(
    (c) => c.kind === 'foreign' && c.columns.includes(column) && c.references?.table !== table,
  )
  return { claims, foreign: foreign.map((c) => `${alter} DROP CONSTRAINT ${quoteName(c.name)}`), before }
}

function dropsIndexOf(statement: Statement, migration: Migration, table: TableName, column: string): boolean {
  const [tag, s] = untag(statement.node)
  if (tag !== 'DropStmt' || s.removeType !== 'OBJECT_INDEX' || s.objects.length !== 1) return false
  const name = strings((s.objects[0] as PgNode).List?.items).at(-1)
  const index = migration.before.tables.get(table)?.indexes.find((i) => i.name === name)
  return index?.keys.find((k) => k.column !== undefined && isDropped(migration, table, k.column))?.column === column
}

function isDropped(migration: Migration, table: TableName, column: string): boolean {
  return actionsOn(migration, 'AT_DropColumn', table).some(({ action }) => action.name === column)
}
