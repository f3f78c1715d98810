import type { Migration } from '../migration.ts'
import { columnsOf } from '../sql/expression.ts'
import { SqlSyntaxError, untag } from '../sql/parser.ts'
import { columnIn, displayColumn, displayTable, namesTable, rangeKey } from '../sql/relation.ts'
import { actionsOn, intentFor } from '../target.ts'
import type { Refusal } from './plan.ts'

/** What an answer with an expression belongs to. */
const ACTIONS = ['AT_AddColumn', 'AT_SetNotNull', 'AT_DropColumn', 'AT_AlterColumnType']

/**
 * Answers whose expression names no column of the row as it is before the migration. PostgreSQL would not say so when the trigger is made, but in every write of the
 * application from then on.
 */
export function unknownColumns(migration: Migration): Refusal[] {
  return migration.intents.flatMap((intent): Refusal[] => {
    if (intent.kind !== 'fill' && intent.kind !== 'convert') return []
    for (const [key, table] of migration.before.tables) {
      if (!namesTable(intent.table, key)) continue
      const statement = ACTIONS.flatMap((type) => actionsOn(migration, type, key)).find((a) => a.action.name === intent.column)?.statement
      const unknown = statement && named(intent.with).find((name) => !table.columns.some((c) => c.name === name))
      if (unknown === undefined) continue
      const on = displayColumn(key, intent.column)
      const old = oldName(migration, key, unknown)
      return [
        {
          claims: [],
          hazards: [],
          line: statement?.line ?? 1,
          reason: `The expression for ${on} names "${unknown}", which is no column of ${displayTable(key)} before this migration: rows that exist have no such value, and each write of code that is still running would fail.`,
          fix: `Say it by columns that are there: --${intent.kind} "${on}=<expression>"${old === undefined ? '' : ` ("${unknown}" is called "${old}" there)`}.`,
        },
      ]
    }
    return []
  })
}

function named(expression: string): readonly string[] {
  try {
    return columnsOf(expression) ?? []
  } catch (error) {
    if (error instanceof SqlSyntaxError) return []
    throw error
  }
}

/** The name that a renamed column has before the migration. */
function oldName(migration: Migration, key: string, name: string): string | undefined {
  const asked = migration.intents.find((i) => i.kind === 'rename' && i.to === name && intentFor(migration, 'rename', key, i.column) === i)
  if (asked?.column !== undefined) return asked.column
  const renames = migration.script.statements.flatMap((s) => {
    const [tag, r] = untag(s.node)
    return tag === 'RenameStmt' && r.renameType === 'OBJECT_COLUMN' && rangeKey(r.relation) === key && r.newname === name
      ? [r.subname as string]
      : []
  })
  return renames.find((old) => columnIn(migration.before, key, old) !== undefined)
}
