import type { TableName, TypeName } from './catalog/catalog.ts'
import type { Migration } from './migration.ts'
import { type PgNode, untag } from './sql/parser.ts'
import { strings, tableAction } from './sql/relation.ts'
import type { Statement } from './sql/statement.ts'
import { elementType, userType } from './sql/type-name.ts'

/** An enum that the migration builds anew with other labels, as both ORMs do it: a new type, every column moved over, the old type dropped. */
export interface RebuiltEnum {
  readonly type: TypeName
  readonly path: readonly string[]
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** Columns of the type, arrays of it included. */
  readonly columns: readonly { readonly table: TableName; readonly column: string; readonly isArray: boolean }[]
  readonly claims: readonly number[]
}

/** The enum that is rebuilt by the statement CREATE TYPE, or undefined where that makes a new one. */
export function rebuiltEnum(statement: Statement, migration: Migration): RebuiltEnum | undefined {
  const [tag, s] = untag(statement.node)
  if (tag !== 'CreateEnumStmt') return undefined
  const made = strings(s.typeName)
  const path = [...made.slice(0, -1), finalName(made, statement, migration)]
  const type = userType(path)
  const [before, after] = [migration.before.enums.get(type), migration.after.enums.get(type)]
  if (!before || !after) return undefined
  const columns = [...migration.before.tables].flatMap(([table, { columns: all }]) =>
    all.filter((c) => elementType(c.type) === type).map((c) => ({ table, column: c.name, isArray: c.type !== type })),
  )
  const claims = migration.script.statements.filter((other) => belongs(other, userType(made), type, columns)).map((other) => other.index)
  return { type, path, before, after, columns, claims }
}

/** True where the statement is a part of the rebuilding of an enum. */
export function isOfRebuiltEnum(statement: Statement, migration: Migration): boolean {
  return migration.script.statements.some((s) => rebuiltEnum(s, migration)?.claims.includes(statement.index) === true)
}

/** Prisma makes `Role_new` and renames it at the end. */
function finalName(made: readonly string[], statement: Statement, migration: Migration): string {
  let name = made.at(-1) ?? ''
  for (const later of migration.script.statements) {
    const rename = later.index > statement.index ? later.node.RenameStmt : undefined
    if (rename?.renameType === 'OBJECT_TYPE' && strings(rename.object?.List?.items).at(-1) === name) name = rename.newname
  }
  return name
}

function belongs(statement: Statement, made: TypeName, type: TypeName, columns: RebuiltEnum['columns']): boolean {
  const [tag, s] = untag(statement.node)
  if (tag === 'CreateEnumStmt') return userType(strings(s.typeName)) === made
  if (tag === 'RenameStmt' && s.renameType === 'OBJECT_TYPE') {
    const from = userType(strings(s.object?.List?.items))
    return from === made || from === type
  }
  if (tag === 'DropStmt' && s.removeType === 'OBJECT_TYPE') {
    const dropped = (s.objects as PgNode[]).map((o) => userType(strings(o.TypeName?.names)))
    return dropped.length === 1 && (dropped[0] === type || dropped[0] === oldName(type, made))
  }
  const action = tableAction(statement)
  if (action?.type !== 'AT_AlterColumnType' && action?.type !== 'AT_ColumnDefault') return false
  return columns.some((c) => c.table === action.table && c.column === action.name)
}

/** `Role_old`: what Prisma calls the old type before it drops it. */
function oldName(type: TypeName, made: TypeName): TypeName | undefined {
  if (type === made) return undefined
  return type.endsWith('"') ? `${type.slice(0, -1)}_old"` : `${type}_old`
}
