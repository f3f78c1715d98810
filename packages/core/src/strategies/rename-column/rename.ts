import type { TableName } from '../../catalog/catalog.ts'
import { fallsWithColumn } from '../../falls-with.ts'
import type { Migration } from '../../migration.ts'
import { remembered } from '../../remembered.ts'
import { untag } from '../../sql/parser.ts'
import { actionOf, columnIn, isNewTable, rangeKey, rangeSql } from '../../sql/relation.ts'
import type { Statement } from '../../sql/statement.ts'
import type { Target } from '../../steps/trigger.ts'
import { actionsOn, intentFor, targetOf } from '../../target.ts'
import { goesWithTable } from '../rename-table/index.ts'
import { type Remade, remadeWith } from './remade.ts'

/** A rename, however the ORM wrote it. */
export interface Rename {
  readonly key: TableName
  readonly target: Target
  readonly from: string
  readonly to: string
  readonly claims: readonly number[]
  /** The ORM keeps the column's name (intent `map`): no SQL. */
  readonly map: boolean
  /** Prisma's form: the ADD COLUMN that belongs to the DROP. Absent for RENAME COLUMN. */
  readonly added?: Statement
  /** Of RENAME COLUMN: what the script makes of that which the column takes along. */
  readonly remade?: Remade
}

/** Statements about what a renamed column takes along: the rename answers for them. */
export const goesWithRename = (statement: Statement, migration: Migration): boolean => takenAlong(migration).has(statement.index)

const takenAlong = remembered(
  (migration: Migration): ReadonlySet<number> =>
    new Set(
      migration.script.statements.flatMap((statement) => {
        const rename = statement.node.RenameStmt ? renameOf(statement, migration) : undefined
        return rename?.remade && !isNewTable(migration, rename.key, statement.index) ? rename.remade.claims : []
      }),
    ),
)

/** `RENAME COLUMN`, or `DROP COLUMN` with the intent that says what it has become. */
export function renameOf(statement: Statement, migration: Migration): Rename | undefined {
  const [tag, s] = untag(statement.node)
  if (tag === 'RenameStmt' && s.renameType === 'OBJECT_COLUMN' && s.relationType === 'OBJECT_TABLE') {
    const key = rangeKey(s.relation)
    if (goesWithTable(statement, migration)) return undefined
    // Columns that change names with each other: the name is there at the end, so no query fails for want of it.
    if (columnIn(migration.after, key, s.subname)) return undefined
    if (!columnIn(migration.before, key, s.subname) && migration.before.tables.has(key)) return undefined
    const map = intentFor(migration, 'map', key, s.subname) !== undefined
    const remade = remadeWith(statement, migration, key, s.subname)
    const claims = [statement.index, ...remade.claims]
    return { key, target: targetOf(s.relation, rangeSql(s.relation)), from: s.subname, to: s.newname, claims, map, remade }
  }
  const drop = actionOf(statement, 'AT_DropColumn')
  if (!drop) return undefined
  const map = intentFor(migration, 'map', drop.table, drop.name)
  const intent = map ?? intentFor(migration, 'rename', drop.table, drop.name)
  const added = intent && actionsOn(migration, 'AT_AddColumn', drop.table).find(({ action }) => action.name === intent.to)?.statement
  if (!intent || !added) return undefined
  const falls = fallsWithColumn(statement, migration, drop.table, drop.name)
  return {
    key: drop.table,
    target: targetOf(drop.range, drop.sql),
    from: drop.name,
    to: intent.to,
    claims: [...falls.claims, statement.index, added.index],
    map: map !== undefined,
    added,
  }
}
