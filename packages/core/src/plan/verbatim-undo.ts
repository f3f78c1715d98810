import { type Catalog, incompleteness, type TableName } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import { constraintBody } from '../sql/constraint-sql.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { columnIn, rangeSql, strings, type TableAction, tableAction } from '../sql/relation.ts'
import { quoteName } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'
import type { Undo } from './plan.ts'

/** How copied statements are taken back, the last one first; irreversible where one of them can't be. */
export function undoOf(statements: readonly Statement[], migration: Migration): Undo {
  const back: string[] = []
  const after: string[] = []
  for (const statement of [...statements].reverse()) {
    const before = migration.at[statement.index] ?? migration.before
    after.push(...validateAgain(statement, before))
    const sql = undoStatement(statement, before)
    if (sql === undefined) return { irreversible: `Copied from the migration, which has no way back for: ${statement.sql.split('\n')[0]}` }
    back.push(...sql)
  }
  return back.length > 0
    ? { sql: back, ...(after.length > 0 && { after }) }
    : { none: 'These statements leave nothing behind that would have to be taken back.' }
}

function undoStatement(statement: Statement, before: Catalog): string[] | undefined {
  const [tag, s] = untag(statement.node)
  const action = tableAction(statement)
  if (action) return undoAction(action, before)
  switch (tag) {
    case 'CreateStmt':
      return s.if_not_exists ? undefined : [`DROP TABLE ${rangeSql(s.relation)}`]
    case 'CreateEnumStmt':
      return [`DROP TYPE ${strings(s.typeName).map(quoteName).join('.')}`]
    case 'CreateSchemaStmt':
      return s.if_not_exists || !s.schemaname ? undefined : [`DROP SCHEMA ${quoteName(s.schemaname)}`]
    case 'IndexStmt':
      return s.idxname && !s.if_not_exists && !s.concurrent
        ? [`DROP INDEX ${s.relation.schemaname ? `${quoteName(s.relation.schemaname)}.` : ''}${quoteName(s.idxname)}`]
        : undefined
    case 'RenameStmt':
      return undoRename(s)
    case 'SelectStmt':
    case 'VariableSetStmt':
      return []
    default:
      return undefined
  }
}

function undoAction({ type, table, sql, name, def, cmd }: TableAction, before: Catalog): string[] | undefined {
  const alter = `ALTER TABLE ${sql}`
  const known = incompleteness(before, table) === undefined
  const column = columnIn(before, table, name)
  switch (type) {
    case 'AT_AddColumn':
      return cmd.missing_ok ? undefined : [`${alter} DROP COLUMN ${quoteName(name)}`]
    case 'AT_AddConstraint':
      return def.conname ? [`${alter} DROP CONSTRAINT ${quoteName(name)}`] : undefined
    case 'AT_ColumnDefault':
      if (!known || !column) return undefined
      return [`${alter} ALTER COLUMN ${quoteName(name)} ${column.default === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${column.default}`}`]
    case 'AT_ValidateConstraint':
      return []
    case 'AT_DropConstraint': {
      const body = known && droppedBody(table, name, before)
      return body ? [`${alter} ADD CONSTRAINT ${quoteName(name)} ${body} NOT VALID`] : undefined
    }
    default:
      return undefined
  }
}

/** A check or a foreign key that is dropped, as it must be added again; a key's index would have to be built first. */
function droppedBody(table: TableName, name: string, before: Catalog): string | undefined {
  const constraint = before.tables.get(table)?.constraints.find((c) => c.name === name)
  return constraint && (constraint.kind === 'check' || constraint.kind === 'foreign') ? constraintBody(constraint) : undefined
}

/** What was valid is validated again, in a transaction of its own: the lock of adding it is gone by then. */
function validateAgain(statement: Statement, before: Catalog): string[] {
  const action = tableAction(statement)
  if (action?.type !== 'AT_DropConstraint' || !droppedBody(action.table, action.name, before)) return []
  const constraint = before.tables.get(action.table)?.constraints.find((c) => c.name === action.name)
  return constraint?.validated ? [`ALTER TABLE ${action.sql} VALIDATE CONSTRAINT ${quoteName(action.name)}`] : []
}

function undoRename(s: PgNode): string[] | undefined {
  if (s.renameType === 'OBJECT_INDEX') {
    const schema = s.relation.schemaname ? `${quoteName(s.relation.schemaname)}.` : ''
    return [`ALTER INDEX ${schema}${quoteName(s.newname)} RENAME TO ${quoteName(s.relation.relname)}`]
  }
  return s.renameType === 'OBJECT_TABCONSTRAINT'
    ? [`ALTER TABLE ${rangeSql(s.relation)} RENAME CONSTRAINT ${quoteName(s.newname)} TO ${quoteName(s.subname)}`]
    : undefined
}
