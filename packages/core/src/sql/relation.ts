import { type Catalog, column as findColumn, type TableName } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import { remembered } from '../remembered.ts'
import { type PgNode, untag } from './parser.ts'
import { quoteName } from './sql.ts'
import type { Script, Statement } from './statement.ts'

/** The schema that an unqualified name means: both ORMs run with PostgreSQL's default search_path. */
export const DEFAULT_SCHEMA = 'public'

/** `"schema"."name"`: the catalog's key. */
export function tableKey(name: string, schema: string = DEFAULT_SCHEMA): TableName {
  return `${quoteName(schema)}.${quoteName(name)}`
}

/** The catalog's key of a RangeVar. */
export function rangeKey(range: PgNode): TableName {
  return tableKey(range.relname as string, (range.schemaname as string | undefined) ?? DEFAULT_SCHEMA)
}

/** A RangeVar as SQL, qualified only where the migration qualified it, so that the session's search_path decides as it did. */
export function rangeSql(range: PgNode): string {
  return `${range.schemaname ? `${quoteName(range.schemaname as string)}.` : ''}${quoteName(range.relname as string)}`
}

/** A table as a person writes it: `User`, or `auth.User` outside the default schema; of a schema or an extension its name. */
export function displayTable(key: TableName): string {
  const [schema = '', name = ''] = splitKey(key)
  if (name === '') return schema
  return schema === DEFAULT_SCHEMA ? name : `${schema}.${name}`
}

/** Schema and name of a catalog key, unquoted. */
export function splitKey(key: TableName): [schema: string, name: string] {
  const [schema = '', name = ''] = key.slice(1, -1).split('"."')
  return [schema.replaceAll('""', '"'), name.replaceAll('""', '"')]
}

/** True where a person's `User` or `public.User` means this table. Quotes may be written or left out. */
export function namesTable(written: string, key: TableName): boolean {
  const [schema, name] = splitKey(key)
  const spellings = [written, written.replaceAll('"', '')]
  return spellings.some((w) => w === `${schema}.${name}` || (w === name && schema === DEFAULT_SCHEMA))
}

/** One action of an ALTER TABLE. */
export interface TableAction {
  /** `AT_DropColumn`, `AT_AddConstraint`, … as PostgreSQL names them. */
  readonly type: string
  readonly table: TableName
  /** The table as SQL. */
  readonly sql: string
  /** The table as PostgreSQL's tree has it. */
  readonly range: PgNode
  /** Column or constraint that is acted on. */
  readonly name: string
  /** Fields of the ColumnDef or Constraint, where the action has one. */
  readonly def: PgNode
  readonly cmd: PgNode
}

/** The statement as one action on one table, or undefined where it is something else. Every strategy asks it of every statement. */
export const tableAction = remembered((statement: Statement): TableAction | undefined => {
  const [tag, alter] = untag(statement.node)
  if (tag !== 'AlterTableStmt' || alter.objtype !== 'OBJECT_TABLE' || alter.cmds?.length !== 1) return undefined
  const cmd = alter.cmds[0].AlterTableCmd as PgNode
  const [, def] = untag(cmd.def)
  const range = alter.relation as PgNode
  return {
    type: cmd.subtype,
    table: rangeKey(range),
    sql: rangeSql(range),
    range,
    name: cmd.name ?? def.colname ?? def.conname ?? '',
    def,
    cmd,
  }
})

/** Shorthand: the statement is this action, or undefined. */
export function actionOf(statement: Statement, type: string): TableAction | undefined {
  const action = tableAction(statement)
  return action?.type === type ? action : undefined
}

/**
 * True where this very migration creates the table (or materialized view): no rows, no readers, nothing to protect. `at` is the position of the statement that asks: a table
 * that is dropped and made again is new only behind that.
 */
export function isNewTable(migration: Migration, key: TableName, at = 0): boolean {
  const made = createdTables(migration.script).get(key)
  if (!made) return false
  const isThere = ({ tables, views }: Catalog): boolean => tables.has(key) || views.has(key)
  if (!isThere(migration.before)) return true
  return made.some((i) => i < at && !isThere(migration.at[i] ?? migration.before))
}

/** Positions of the statements that create each table. */
const createdTables = remembered((script: Script): ReadonlyMap<TableName, readonly number[]> => {
  const made = new Map<TableName, number[]>()
  for (const { node, index } of script.statements) {
    const range = node.CreateStmt?.relation ?? node.CreateTableAsStmt?.into?.rel ?? node.SelectStmt?.intoClause?.rel
    if (range) made.set(rangeKey(range), [...(made.get(rangeKey(range)) ?? []), index])
  }
  return made
})

/** A column of a table in a catalog. */
export function columnIn(catalog: Catalog, key: TableName, name: string) {
  return findColumn(catalog.tables.get(key), name)
}

/** `User.name` for messages. */
export function displayColumn(key: TableName, column: string): string {
  return `${displayTable(key)}.${column}`
}

/** Names out of a list of String nodes. */
export function strings(list: readonly PgNode[] | undefined): string[] {
  return (list ?? []).map((n) => n.String?.sval as string)
}
