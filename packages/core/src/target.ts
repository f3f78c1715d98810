import type { Table, TableName } from './catalog/catalog.ts'
import type { ColumnIntent } from './intent.ts'
import type { Migration } from './migration.ts'
import { remembered } from './remembered.ts'
import type { PgNode } from './sql/parser.ts'
import { DEFAULT_SCHEMA, namesTable, splitKey, type TableAction, tableAction } from './sql/relation.ts'
import { quoteName } from './sql/sql.ts'
import type { Script, Statement } from './sql/statement.ts'
import type { Target } from './steps/trigger.ts'

/** The table of a RangeVar as steps write it. */
export function targetOf(range: PgNode, sql: string): Target {
  return { sql, name: range.relname as string, ...(range.schemaname ? { schema: range.schemaname as string } : {}) }
}

/** A table of the catalog as steps write it: with its schema only outside the default one. */
export function targetOfKey(key: TableName): Target {
  const [schema, name] = splitKey(key)
  return schema === DEFAULT_SCHEMA ? { sql: quoteName(name), name } : { sql: key, name, schema }
}

/** A person's answer of one kind about one column, or undefined. */
export function intentFor<K extends ColumnIntent['kind']>(
  migration: Migration,
  kind: K,
  table: TableName,
  column: string,
): Extract<ColumnIntent, { kind: K }> | undefined {
  return migration.intents.find(
    (i): i is Extract<ColumnIntent, { kind: K }> => i.kind === kind && i.column === column && namesTable(i.table, table),
  )
}

/** True where the table's contract is released: nothing uses it any more. */
export function isUnusedTable(migration: Migration, table: TableName): boolean {
  return migration.intents.some((i) => i.kind === 'unused-table' && namesTable(i.table, table))
}

/** A type as SQL that the session's search_path resolves as the migration's own statements do. */
export function typeSql(type: string): string {
  return type.startsWith('public.') ? type.slice('public.'.length) : type
}

/** A statement and what it does to its table. */
interface Acting {
  readonly statement: Statement
  readonly action: TableAction
}

/** Statements of the migration that do this to that table. */
export function actionsOn(migration: Migration, type: string, table: TableName): readonly Acting[] {
  return actionsOf(migration.script).get(`${type} ${table}`) ?? []
}

/** The actions of a script by type and table. */
const actionsOf = remembered((script: Script): ReadonlyMap<string, readonly Acting[]> => {
  const found = new Map<string, Acting[]>()
  for (const statement of script.statements) {
    const action = tableAction(statement)
    if (!action) continue
    const key = `${action.type} ${action.table}`
    const others = found.get(key)
    if (others) others.push({ statement, action })
    else found.set(key, [{ statement, action }])
  }
  return found
})

/** Columns of a key that walks the table in order: the primary key, else a unique index over NOT NULL columns; empty where there is none. */
export function walkingKey(table: Table | undefined): readonly string[] {
  const solid = (names: readonly string[]): boolean => names.every((n) => table?.columns.find((c) => c.name === n)?.notNull)
  const primary = table?.constraints.find((c) => c.kind === 'primary')
  if (primary) return primary.columns
  const unique = table?.indexes.find(
    (i) =>
      i.unique &&
      i.valid &&
      i.where === undefined &&
      i.keys.every((k) => k.column !== undefined && k.options === '') &&
      solid(i.keys.map((k) => k.column ?? '')),
  )
  return unique?.keys.map((k) => k.column ?? '') ?? []
}
