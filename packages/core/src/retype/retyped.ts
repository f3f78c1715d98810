import type { Column, TableName, TypeName } from '../catalog/catalog.ts'
import { catalogInCommand } from '../facts/in-command.ts'
import { sessionZone } from '../facts/session-zone.ts'
import { type TypeChange, typeChange } from '../facts/type-change.ts'
import type { Migration } from '../migration.ts'
import { isOfRebuiltEnum } from '../rebuilt-enum.ts'
import { expressionFrom, find, sourceOf } from '../replay/slice.ts'
import type { PgNode } from '../sql/parser.ts'
import { actionOf, columnIn, isNewTable, strings, type TableAction } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { typeName } from '../sql/type-name.ts'
import type { Target } from '../steps/trigger.ts'
import { intentFor, targetOf } from '../target.ts'
import { emptied } from './question.ts'
import { whatHangs } from './words.ts'

/** A column of a live table that gets another type, which PostgreSQL does by more than a word in the catalog. */
export interface Retyped {
  readonly table: TableName
  readonly target: Target
  readonly name: string
  readonly old: Column
  /** As the migration leaves it. */
  readonly next: Column
  readonly statement: Statement
  /** The USING expression as it is written; absent: none. */
  readonly using?: string
  /** PostgreSQL would copy the table; or else prove, build or lock what hangs on the column. */
  readonly effect: 'rewrite' | 'checks'
}

/** The column that the statement changes, and how; undefined where it changes none or the change is free. */
export function retypedBy(statement: Statement, migration: Migration): Retyped | undefined {
  const action = actionOf(statement, 'AT_AlterColumnType') ?? actionOf(statement, 'AT_DropColumn')
  if (!action) return undefined
  const old = columnIn(migration.before, action.table, action.name)
  const next = columnIn(migration.after, action.table, action.name)
  if (!old || !next) return undefined
  const isAdded = action.type === 'AT_DropColumn'
  const answer =
    intentFor(migration, 'convert', action.table, action.name)?.with ??
    (isAdded && intentFor(migration, 'drop', action.table, action.name) ? emptied(next, migration) : undefined)
  if (isAdded && (answer === undefined || isNewTable(migration, action.table, statement.index))) return undefined
  const effect = isAdded ? 'rewrite' : effectOf(changeOf(statement, action, migration), old, answer !== undefined)
  if (!effect) return undefined
  const using = answer ?? (isAdded ? undefined : usingOf(statement, action))
  const target = targetOf(action.range, action.sql)
  return { table: action.table, target, name: action.name, old, next, statement, effect, ...(using !== undefined && { using }) }
}

/** A conversion by a person makes possible what PostgreSQL has no cast for. */
function effectOf(change: TypeChange | undefined, old: Column, isAnswered: boolean): Retyped['effect'] | undefined {
  if (change?.effect === 'rewrite' || (change && isAnswered && lacksCast(change, old))) return 'rewrite'
  return change && change.effect !== 'refused' && whatHangs(change) !== undefined ? 'checks' : undefined
}

/** PostgreSQL refuses the change because it has no cast from the old type itself: a USING is missing. */
export function lacksCast({ refused }: TypeChange, old: Column): boolean {
  return refused?.reason.startsWith(`${old.type} is not cast`) === true
}

/** What ALTER COLUMN … TYPE does on a live table; undefined where a part of an enum's rebuilding, a new table or an unknown column is meant. */
export function changeOf(statement: Statement, action: TableAction, migration: Migration): TypeChange | undefined {
  if (isNewTable(migration, action.table, statement.index) || isOfRebuiltEnum(statement, migration)) return undefined
  const next = columnIn(migration.at[statement.index + 1] ?? migration.after, action.table, action.name)
  return (
    next &&
    typeChange(catalogInCommand(statement, migration), {
      table: action.table,
      column: action.name,
      to: next.type,
      ...(next.collation !== undefined && { collation: next.collation }),
      ...(action.def.raw_default && { using: action.def.raw_default }),
      timeZone: sessionZone(statement, migration),
      postgres: migration.postgres,
    })
  )
}

/** What stands behind USING; undefined for nothing, and for the cast that PostgreSQL would have added itself. */
function usingOf(statement: Statement, { def, name }: TableAction): string | undefined {
  if (!def.raw_default || isPlain(def.raw_default, name, typeName(def.typeName))) return undefined
  const source = sourceOf(statement)
  return expressionFrom(source, find(source, 'USING') + 1, def.raw_default)
}

function isPlain(node: PgNode, name: string, to: TypeName): boolean {
  const inner = node.TypeCast && typeName(node.TypeCast.typeName) === to ? (node.TypeCast.arg as PgNode) : node
  const path = inner.ColumnRef && strings(inner.ColumnRef.fields)
  return path?.length === 1 && path[0] === name
}
