import type { TableName } from './catalog/catalog.ts'
import type { Migration } from './migration.ts'
import { addedColumns } from './renames.ts'
import { type PgNode, untag } from './sql/parser.ts'
import { rangeKey } from './sql/relation.ts'
import { clausesOf } from './sql/update-clauses.ts'

/**
 * What the migration's own UPDATE puts into a column that it adds: an expression over the row, for all rows or for those where the column is NULL. Code that does
 * not know the column yet writes rows like those that the UPDATE found, so its rows get the same. Undefined where there is no such UPDATE.
 */
export function writtenFill(migration: Migration, table: TableName, column: string): string | undefined {
  if (!addedColumns(migration, table).includes(column)) return undefined
  for (const statement of migration.script.statements) {
    const [tag, fields] = untag(statement.node)
    if (tag !== 'UpdateStmt' || rangeKey(fields.relation) !== table || fields.relation.alias || fields.fromClause || fields.withClause)
      continue
    if (fields.whereClause && !isNull(fields.whereClause, column)) continue
    const set = clausesOf(statement.sql, fields)?.set.find((s) => s.column === column)
    const target = ((fields.targetList ?? []) as PgNode[]).find((t) => t.ResTarget.name === column)
    if (set && target && !hasSubquery(target.ResTarget.val)) return set.expression
  }
  return undefined
}

function isNull(node: PgNode, column: string): boolean {
  const test = node.NullTest
  return test?.nulltesttype === 'IS_NULL' && test.arg?.ColumnRef?.fields?.at(-1)?.String?.sval === column
}

function hasSubquery(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasSubquery)
  if (typeof node !== 'object' || node === null) return false
  return (node as PgNode).SubLink !== undefined || Object.values(node).some(hasSubquery)
}
