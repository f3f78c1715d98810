import type { TableName } from './catalog/catalog.ts'
import type { Migration } from './migration.ts'
import { remembered } from './remembered.ts'
import { untag } from './sql/parser.ts'
import { rangeKey, rangeSql, splitKey, tableKey } from './sql/relation.ts'
import { quoteName } from './sql/sql.ts'
import type { Script, Statement } from './sql/statement.ts'

/** RENAME TABLE or SET SCHEMA, and the columns of the table that get other names in the same script. */
export interface TableRename {
  readonly statement: Statement
  readonly key: TableName
  readonly to: TableName
  /** Old and new name as SQL, and the statement that goes back. */
  readonly old: string
  readonly next: string
  readonly back: string
  /** RENAME COLUMN under the old name before it, under the new one behind it; in their order. */
  readonly columns: readonly ColumnRename[]
}

export interface ColumnRename {
  readonly statement: Statement
  readonly from: string
  readonly to: string
}

/** The table that the statement renames, or undefined. */
export function tableRename(statement: Statement, migration: Migration): TableRename | undefined {
  return renamesIn(migration.script).find((r) => r.statement.index === statement.index)
}

/** The rename, further down, of the table that the statement names by its old name. */
export function renamedLater(statement: Statement, migration: Migration): TableRename | undefined {
  const [, s] = untag(statement.node)
  const key = s.relation?.relname ? rangeKey(s.relation) : undefined
  return renamesIn(migration.script).find((r) => r.key === key && r.statement.index > statement.index)
}

/** The renames of tables that take this RENAME COLUMN along. */
export function renamedWith(statement: Statement, migration: Migration): readonly TableRename[] {
  return renamesIn(migration.script).filter((r) => r.columns.some((c) => c.statement.index === statement.index))
}

const renamesIn = remembered((script: Script): readonly TableRename[] =>
  script.statements.flatMap((statement) => {
    const renamed = renameOf(statement)
    return renamed ? [{ ...renamed, columns: columnsOf(renamed, script) }] : []
  }),
)

function renameOf(statement: Statement): Omit<TableRename, 'columns'> | undefined {
  const [tag, s] = untag(statement.node)
  if (tag === 'RenameStmt' && s.renameType === 'OBJECT_TABLE') {
    const schema = s.relation.schemaname as string | undefined
    const next = `${schema === undefined ? '' : `${quoteName(schema)}.`}${quoteName(s.newname)}`
    const back = `ALTER TABLE ${next} RENAME TO ${quoteName(s.relation.relname)}`
    return { statement, key: rangeKey(s.relation), to: tableKey(s.newname, schema), old: rangeSql(s.relation), next, back }
  }
  if (tag === 'AlterObjectSchemaStmt' && s.objectType === 'OBJECT_TABLE') {
    const key = rangeKey(s.relation)
    const [schema, name] = splitKey(key)
    const next = `${quoteName(s.newschema)}.${quoteName(name)}`
    const back = `ALTER TABLE ${next} SET SCHEMA ${quoteName(schema)}`
    return { statement, key, to: tableKey(name, s.newschema), old: rangeSql(s.relation), next, back }
  }
  return undefined
}

function columnsOf({ statement, key, to }: Omit<TableRename, 'columns'>, script: Script): ColumnRename[] {
  return script.statements.flatMap((s) => {
    const [tag, r] = untag(s.node)
    if (tag !== 'RenameStmt' || r.renameType !== 'OBJECT_COLUMN' || r.relationType !== 'OBJECT_TABLE') return []
    return rangeKey(r.relation) === (s.index < statement.index ? key : to) ? [{ statement: s, from: r.subname, to: r.newname }] : []
  })
}
