import type { Constraint, Table } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { undoOf } from '../../plan/verbatim-undo.ts'
import { isOfRebuiltEnum } from '../../rebuilt-enum.ts'
import { ownedSequences } from '../../replay/sequence.ts'
import { columnIn, displayColumn, isNewTable, strings, type TableAction, tableAction, tableKey } from '../../sql/relation.ts'
import type { Statement } from '../../sql/statement.ts'
import { ddl } from '../../steps/steps.ts'
import type { Outcome, Strategy } from '../../strategy.ts'
import { actionsOn, intentFor } from '../../target.ts'
import { isSwapped } from '../add-unique/replace.ts'

const DEFAULT: HazardKind = {
  code: 'drop-default-breaks-old-writers',
  harm: 'compatibility',
  why: 'the column is NOT NULL, and code that is still running may leave it to the default: its inserts fail (23502) once that is gone.',
  instead: 'The default stays until the contract, when no such code runs any more.',
}

const UNIQUE: HazardKind = {
  code: 'drop-unique-constraint-breaks-upserts',
  harm: 'compatibility',
  why: 'code that is still running may name these columns in INSERT … ON CONFLICT, which fails at once (42P10) without a unique index on them.',
  instead:
    'The constraint is dropped in the contract, when no such code runs any more; until then it refuses duplicates, from new code too.',
}

/** What takes away something that old code relies on, and is done in a moment: it waits for the contract. */
export const strategy: Strategy = {
  id: 'hold-back',
  summary: 'Keeps a default or a unique constraint until no code relies on it.',
  hazards: [DEFAULT, UNIQUE],
  rewrite(statement, migration) {
    const action = tableAction(statement)
    if (!action || isNewTable(migration, action.table, statement.index) || isOfRebuiltEnum(statement, migration)) return undefined
    if (action.type === 'AT_ColumnDefault' && action.cmd.def === undefined) return dropDefault(action, statement, migration)
    return action.type === 'AT_DropConstraint' ? dropUnique(action, statement, migration) : undefined
  },
}

function dropDefault(action: TableAction, statement: Statement, migration: Migration): Outcome | undefined {
  const old = columnIn(migration.at[statement.index] ?? migration.before, action.table, action.name)
  const end = columnIn(migration.after, action.table, action.name)
  const isMissed = old?.default !== undefined && end?.notNull && end.default === undefined && !end.identity && !end.generated
  if (!isMissed || intentFor(migration, 'unused', action.table, action.name)) return undefined
  const on = displayColumn(action.table, action.name)
  const held = [statement, ...sequencesOf(action, statement, migration)]
  return hold(held, migration, DEFAULT, on, `drop default of ${action.name}`, `Drop the default of ${on}`)
}

/** Later statements that drop a sequence of the column: while the default is there, they fail. */
function sequencesOf({ table, name }: TableAction, statement: Statement, migration: Migration): Statement[] {
  const owned = ownedSequences(migration.at[statement.index] ?? migration.before, table, name)
  return migration.script.statements.filter((s) => {
    const drop = s.index > statement.index ? s.node.DropStmt : undefined
    if (drop?.removeType !== 'OBJECT_SEQUENCE' || drop.objects.length !== 1) return false
    const path = strings(drop.objects[0].List?.items)
    return owned.includes(tableKey(path.at(-1) ?? '', path.at(-2)))
  })
}

function dropUnique(action: TableAction, statement: Statement, migration: Migration): Outcome | undefined {
  const table = (migration.at[statement.index] ?? migration.before).tables.get(action.table)
  const dropped = table?.constraints.find((c) => c.name === action.name && (c.kind === 'unique' || c.kind === 'primary'))
  if (!table || !dropped || !migration.after.tables.has(action.table) || goesWithColumn(action, dropped, migration)) return undefined
  // One that the migration adds behind it is built while this one still stands.
  if (isReplaced(dropped, { ...table, indexes: table.indexes.filter((i) => i.constraint !== dropped.name) })) return undefined
  if (isSwapped(action, statement, migration)) return undefined
  if (dropped.columns.every((name) => intentFor(migration, 'unused', action.table, name))) return undefined
  return hold([statement], migration, UNIQUE, dropped.name, `drop ${dropped.name}`, `Drop the constraint ${dropped.name}`)
}

function hold(held: readonly Statement[], migration: Migration, kind: HazardKind, on: string, name: string, title: string): Outcome {
  return {
    claims: held.map((s) => s.index),
    hazards: held.slice(0, 1).map((s) => hazard(kind, on, s)),
    expand: [],
    contract: [
      ddl({
        name,
        title,
        why: 'No code that relies on it runs any more. Only the catalog changes.',
        sql: held.map((s) => s.sql),
        undo: undoOf(held, migration),
      }),
    ],
  }
}

/** Another unique index over the same columns serves the upserts. */
function isReplaced(dropped: Constraint, after: Pick<Table, 'indexes'>): boolean {
  const wanted = [...dropped.columns].sort().join('\0')
  return after.indexes.some(
    (i) =>
      i.unique &&
      i.where === undefined &&
      i.keys
        .map((k) => k.column ?? '\0')
        .sort()
        .join('\0') === wanted,
  )
}

/** The strategy for the column answers for what falls with it. */
function goesWithColumn(action: TableAction, dropped: Constraint, migration: Migration): boolean {
  return actionsOn(migration, 'AT_DropColumn', action.table).some((d) => dropped.columns.includes(d.action.name))
}
