import type { TableName } from '../../catalog/catalog.ts'
import { lockStrength, locksOfNode } from '../../lock.ts'
import type { Migration } from '../../migration.ts'
import { earlierInTransaction, isSameCommand } from '../../plan/sending.ts'
import { tablesRead } from '../../replay/tables-named.ts'
import { type PgNode, untag } from '../../sql/parser.ts'
import { actionOf, isNewTable } from '../../sql/relation.ts'
import type { Statement } from '../../sql/statement.ts'

/** A lock that an earlier statement of the same transaction took on a table that is in use. */
interface HeldLock {
  readonly table: TableName
  /** The statements that took such locks. */
  readonly statements: readonly Statement[]
}

/** Locks that stop writers or readers and are held when this statement runs, because it shares a transaction with what took them; the first of them. */
export function heldLock(statement: Statement, migration: Migration): HeldLock | undefined {
  // Of one ALTER TABLE the strongest lock of its actions holds for all of them.
  const beside = migration.script.statements.filter((s) => s.index > statement.index && isSameCommand(s, statement))
  const holders = [...earlierInTransaction(statement, migration), ...beside].flatMap((earlier) => {
    const locks = locksOfNode(earlier.node, migration.at[earlier.index] ?? migration.before)
    const strong = locks.find((l) => lockStrength(l.mode) >= lockStrength('SHARE') && isInUse(l.table, migration))
    return strong ? [{ earlier, table: strong.table }] : []
  })
  const [first] = holders
  return first && { table: first.table, statements: holders.map((h) => h.earlier) }
}

function isInUse(table: TableName, migration: Migration): boolean {
  return migration.before.tables.has(table) && !isNewTable(migration, table)
}

/** Work that grows with a table and locks no table against writers by itself: harmless alone. */
export function isLongWork(statement: Statement, migration: Migration): boolean {
  const [tag, s] = untag(statement.node)
  const validates = actionOf(statement, 'AT_ValidateConstraint')
  if (validates) return !isNewTable(migration, validates.table, statement.index)
  if (tag === 'InsertStmt') return readsLiveTable(s.selectStmt, statement, migration)
  if (tag === 'CreateTableAsStmt') return s.into?.skipData !== true && readsLiveTable(s.query, statement, migration)
  return tag === 'RefreshMatViewStmt' && s.concurrent === true
}

function readsLiveTable(query: PgNode | undefined, statement: Statement, migration: Migration): boolean {
  if (!query || query.SelectStmt?.valuesLists) return false
  const catalog = migration.at[statement.index] ?? migration.before
  return tablesRead(query, catalog).some((table) => catalog.tables.has(table) && !isNewTable(migration, table, statement.index))
}
