import type { Column, Constraint, Index, Table, TableName } from './catalog/catalog.ts'
import type { Migration } from './migration.ts'
import { constraintBody } from './sql/constraint-sql.ts'
import { indexSql } from './sql/index-sql.ts'
import type { PgNode } from './sql/parser.ts'
import { isNewTable, namesTable, rangeKey, strings, tableKey } from './sql/relation.ts'
import type { Statement } from './sql/statement.ts'

/** A table that the migration drops, and the one that it makes and that a person calls the same. */
export interface RecreatedTable {
  readonly from: TableName
  readonly to: TableName
  readonly old: Table
  readonly next: Table
  readonly drop: Statement
  readonly create: Statement
}

/** The table that the statement alone drops; undefined for any other statement. */
export function droppedAlone(statement: Statement): TableName | undefined {
  const drop = statement.node.DropStmt
  if (drop?.removeType !== 'OBJECT_TABLE' || drop.objects.length !== 1) return undefined
  const path = strings((drop.objects as PgNode[])[0]?.List?.items)
  return tableKey(path.at(-1) ?? '', path.at(-2))
}

/** What DROP TABLE and CREATE TABLE mean where a person says that they are a rename. */
export function recreatedTable(statement: Statement, migration: Migration): RecreatedTable | undefined {
  const from = droppedAlone(statement)
  const old = from && migration.before.tables.get(from)
  if (!from || !old) return undefined
  const answer = migration.intents.find((i) => i.kind === 'rename-table' && namesTable(i.table, from))
  const made = answer?.kind === 'rename-table' ? createdTables(migration).find((c) => namesTable(answer.to, c.key)) : undefined
  const next = made && migration.after.tables.get(made.key)
  return made && next && { from, to: made.key, old, next, drop: statement, create: made.statement }
}

/** New tables that look like the dropped one: at least half of its columns are there, with their types, and at least two. */
export function lookAlikes(from: TableName, migration: Migration): TableName[] {
  const old = migration.before.tables.get(from)
  if (!old) return []
  const taken = migration.intents.flatMap((i) => (i.kind === 'rename-table' ? [i.to] : []))
  return createdTables(migration)
    .map((c) => c.key)
    .filter((key) => !taken.some((to) => namesTable(to, key)))
    .filter((key) => {
      const columns = migration.after.tables.get(key)?.columns ?? []
      const shared = old.columns.filter((c) => columns.some((n) => n.name === c.name && n.type === c.type)).length
      return shared >= 2 && shared * 2 >= old.columns.length
    })
}

function createdTables(migration: Migration): { readonly key: TableName; readonly statement: Statement }[] {
  return migration.script.statements.flatMap((statement) => {
    const range = statement.node.CreateStmt?.relation
    const key = range && rangeKey(range)
    return key && isNewTable(migration, key) ? [{ key, statement }] : []
  })
}

/** Columns that can be copied from the one to the other. */
export function copiedColumns({ next }: RecreatedTable): readonly string[] {
  return next.columns.filter((c) => !c.generated).map((c) => c.name)
}

/** True where two columns hold the same and are filled alike; a sequence of their own counts for both. */
export function isSameColumn(a: Column, b: Column | undefined): boolean {
  if (!b) return false
  const filled = (c: Column): string => (c.default?.startsWith('nextval(') ? 'nextval' : (c.default ?? ''))
  return (
    a.type === b.type &&
    a.notNull === b.notNull &&
    a.identity === b.identity &&
    a.collation === b.collation &&
    filled(a) === filled(b) &&
    a.generated?.expression === b.generated?.expression
  )
}

/** What tells a constraint apart, but for its name; a key to its own table means the table under its new name. */
export function bodyOf(constraint: Constraint, table: Table, moved: ReadonlyMap<TableName, TableName>): string | undefined {
  const { references } = constraint
  const index = table.indexes.find((i) => i.constraint === constraint.name)
  return constraintBody(
    references ? { ...constraint, references: { ...references, table: moved.get(references.table) ?? references.table } } : constraint,
    index,
  )
}

/** What tells an index apart, but for its name. */
export function indexBody(index: Index): string | undefined {
  return indexSql(index, 't', { name: 'i', concurrently: false })
}
