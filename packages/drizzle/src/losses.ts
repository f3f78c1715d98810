import { parseStatements, SqlSyntaxError, untag } from '@expand-contract/core'
import { isObject } from './json.ts'
import type { Snapshot } from './snapshots.ts'

interface ColumnState {
  readonly type: unknown
  readonly notNull: unknown
  readonly default: unknown
}

/** What is compared, how it reads, and the ALTER COLUMN actions that carry it out. */
const PARTS: readonly { key: keyof ColumnState; words: string; actions: readonly string[] }[] = [
  { key: 'type', words: 'type', actions: ['AT_AlterColumnType'] },
  { key: 'notNull', words: 'NOT NULL', actions: ['AT_SetNotNull', 'AT_DropNotNull'] },
  { key: 'default', words: 'default', actions: ['AT_ColumnDefault'] },
]

/** A change that is recorded and never carried out. */
export interface SnapshotLoss {
  /** `users.full_name`, as a person writes it. */
  readonly on: string
  /** The column's new name. */
  readonly column: string
  readonly what: string
  readonly fix: string
}

/**
 * What a migration of Drizzle Kit 0.3x leaves undone: changes of a renamed column that its snapshot records as done, while the SQL only
 * renames. The kit will not write them again, so the database would stay different for ever. `sql` is the migration's text.
 */
export function snapshotLosses(previous: Snapshot, current: Snapshot, sql: string): SnapshotLoss[] {
  const commands = commandsOf(sql)
  return commands.flatMap(({ relation, rename, to }) => {
    if (rename === undefined) return []
    const was = columnOf(previous, relation, rename)
    const is = columnOf(current, relation, to)
    if (!was || !is) return []
    return PARTS.filter((part) => was[part.key] !== is[part.key])
      .filter(
        (part) => !commands.some((c) => c.relation === relation && [rename, to].includes(c.column) && part.actions.includes(c.action)),
      )
      .map(
        (part): SnapshotLoss => ({
          on: `${relation.replace(/^public\./, '')}.${to}`,
          column: to,
          what: `the snapshot says that its ${part.words} changed from ${show(was[part.key])} to ${show(is[part.key])}, but the SQL only renames "${rename}". Drizzle Kit will not write the difference again, so the database stays different for ever.`,
          fix: 'Add the difference to the migration, or generate the rename and the change one after the other.',
        }),
      )
  })
}

interface Command {
  /** `schema.table`. */
  readonly relation: string
  /** The old name, where the command renames a column. */
  readonly rename?: string
  readonly to: string
  readonly action: string
  readonly column: string
}

function commandsOf(sql: string): Command[] {
  return statementsOf(sql).flatMap((stmt): Command[] => {
    const [tag, s] = untag(stmt)
    const relation = `${s.relation?.schemaname ?? 'public'}.${s.relation?.relname}`
    const none = { to: '', action: '', column: '' }
    if (tag === 'RenameStmt' && s.renameType === 'OBJECT_COLUMN') return [{ ...none, relation, rename: s.subname, to: s.newname }]
    if (tag !== 'AlterTableStmt') return []
    const cmds = (s.cmds ?? []) as { AlterTableCmd: { subtype: string; name?: string } }[]
    return cmds.map(({ AlterTableCmd: c }) => ({ ...none, relation, action: c.subtype, column: c.name ?? '' }))
  })
}

/** Text that PostgreSQL does not read has no commands: whoever plans the migration says so. */
function statementsOf(sql: string): ReturnType<typeof parseStatements>[number]['stmt'][] {
  try {
    return parseStatements(sql).map((s) => s.stmt)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return []
    throw error
  }
}

function columnOf(snapshot: Snapshot, relation: string, name: string): ColumnState | undefined {
  const tables = isObject(snapshot.tables) ? snapshot.tables : {}
  const table = tables[relation]
  const columns = isObject(table) && isObject(table.columns) ? table.columns : {}
  const column = columns[name]
  return isObject(column) ? { type: column.type, notNull: column.notNull ?? false, default: column.default } : undefined
}

function show(value: unknown): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
