import { type Catalog, EVERYTHING } from './catalog/catalog.ts'
import type { Replayed } from './replay/history.ts'
import type { PgNode } from './sql/parser.ts'
import { actionOf, displayTable, rangeKey, type TableAction, tableAction } from './sql/relation.ts'
import type { Statement } from './sql/statement.ts'

/**
 * Why a schema can't be the one just before a migration: what the migrations before it certainly make is not there, or what it makes or drops itself is there or gone
 * already. Undefined where nothing speaks against it; more in the database than in the history is no reason.
 */
export function misfit(given: Catalog, { before, script, id }: Replayed): string | undefined {
  return lacks(given, before) ?? first(script.statements, (statement) => contradicts(given, statement, id, script.statements))
}

function lacks(given: Catalog, before: Catalog): string | undefined {
  if (before.incomplete.has(EVERYTHING)) return undefined
  return first(before.tables, ([key, table]) => {
    if (before.incomplete.has(key)) return undefined
    const there = given.tables.get(key)
    if (!there) return `the table ${displayTable(key)}, which the migrations before it create, is not there`
    const gone = table.columns.find((c) => !there.columns.some((t) => t.name === c.name))
    return gone && `the column ${displayTable(key)}.${gone.name}, which the migrations before it create, is not there`
  })
}

/** Only what holds whatever the statements before it in the migration do. */
function contradicts(given: Catalog, statement: Statement, id: string, all: readonly Statement[]): string | undefined {
  const earlier = all.slice(0, statement.index)
  const create = statement.node.CreateStmt as PgNode | undefined
  if (create && !create.if_not_exists && create.relation.relpersistence !== 't') {
    const key = rangeKey(create.relation)
    if (given.tables.has(key) && !earlier.some(mayRemoveTables))
      return `the table ${displayTable(key)}, which ${id} creates, is there already`
  }
  const action = actionOf(statement, 'AT_AddColumn') ?? actionOf(statement, 'AT_DropColumn')
  const table = action && given.tables.get(action.table)
  if (!action || !table || action.cmd.missing_ok || earlier.some((s) => mayRemoveTables(s) || isAbout(s, action))) return undefined
  const isThere = table.columns.some((c) => c.name === action.name)
  const on = `the column ${displayTable(action.table)}.${action.name}`
  if (action.type === 'AT_AddColumn') return isThere ? `${on}, which ${id} adds, is there already` : undefined
  return isThere ? undefined : `${on}, which ${id} drops, is gone already`
}

function mayRemoveTables({ node }: Statement): boolean {
  return Boolean(node.DropStmt ?? node.RenameStmt ?? node.DoStmt ?? node.AlterObjectSchemaStmt)
}

function isAbout(statement: Statement, { table, name }: TableAction): boolean {
  const other = tableAction(statement)
  return other?.table === table && other.name === name
}

function first<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
