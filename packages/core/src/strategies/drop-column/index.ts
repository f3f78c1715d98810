import type { Catalog, Column } from '../../catalog/catalog.ts'
import { dependents } from '../../dependents.ts'
import { catalogInCommand } from '../../facts/in-command.ts'
import { mentions } from '../../facts/mentions.ts'
import { userOf } from '../../facts/type-refusal.ts'
import { fallsWithColumn } from '../../falls-with.ts'
import { suggestFill, suggestUniqueFill } from '../../fill-suggestion.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { moveCandidates } from '../../moves.ts'
import type { Refusal } from '../../plan/plan.ts'
import { addedColumns, openRenames, renameCandidates } from '../../renames.ts'
import { putTable } from '../../replay/edit.ts'
import { askConversion, emptied } from '../../retype/question.ts'
import { actionOf, columnIn, displayColumn, displayTable, isNewTable, type TableAction } from '../../sql/relation.ts'
import type { Statement } from '../../sql/statement.ts'
import { fillTrigger } from '../../steps/fill.ts'
import { ddl } from '../../steps/steps.ts'
import type { Outcome, Strategy } from '../../strategy.ts'
import { intentFor, targetOf } from '../../target.ts'
import { isSameForAll, isUniqueAlone, ownValues } from '../../unique-fill.ts'
import { BREAKS, LOSES } from './hazards.ts'

const FAILS: HazardKind = {
  code: 'drop-column-fails',
  harm: 'data',
  why: 'something needs the column, so PostgreSQL refuses the drop (2BP01), and the migration stops there.',
  instead: 'Drop or change what needs it before, in the same migration or an earlier one.',
  refused: true,
}

/** DROP COLUMN: held in the contract; a required column is filled meanwhile for code that no longer writes it. */
export const strategy: Strategy = {
  id: 'drop-column',
  summary: 'Drops a column when no code uses it any more.',
  hazards: [BREAKS, LOSES, FAILS],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_DropColumn')
    if (!action || isNewTable(migration, action.table, statement.index)) return undefined
    const answered = (kind: 'rename' | 'map' | 'move' | 'unused') => intentFor(migration, kind, action.table, action.name)
    if (answered('rename') || answered('map') || answered('move') || answered('unused')) return undefined
    const column = columnIn(migration.before, action.table, action.name)
    // A column that this migration itself added holds nothing.
    if (!column && addedColumns(migration, action.table).includes(action.name)) return undefined
    const on = displayColumn(action.table, action.name)
    const user = column && action.cmd.behavior !== 'DROP_CASCADE' ? neededBy(action, statement, migration) : undefined
    if (user !== undefined) {
      const reason = `${user} needs ${on}: the drop would fail (2BP01).`
      const fix = `Change or drop ${user} before, then plan again.`
      return { claims: [statement.index], hazards: [hazard(FAILS, on, statement)], line: statement.line, reason, fix }
    }
    const hazards = [hazard(BREAKS, on, statement), hazard(LOSES, on, statement)]
    return refusal(statement, action, column, migration, hazards) ?? held(statement, action, column, migration, hazards)
  },
}

/** What keeps PostgreSQL from dropping the column, as the schema is by then. */
function neededBy(action: TableAction, statement: Statement, migration: Migration): string | undefined {
  const catalog = catalogInCommand(statement, migration)
  const [inbound] = dependents(catalog, action.table, action.name).inbound.filter((i) => i.table !== action.table)
  if (inbound) return `the foreign key "${inbound.constraint.name}" of ${displayTable(inbound.table)}`
  const generated = catalog.tables
    .get(action.table)
    ?.columns.find((c) => c.name !== action.name && mentions(c.generated?.expression, action.name))
  return generated ? `the generated column "${generated.name}"` : userOf(catalog, action.table, action.name)
}

type Hazards = Refusal['hazards']

function refusal(
  statement: Statement,
  action: TableAction,
  column: Column | undefined,
  migration: Migration,
  hazards: Hazards,
): Refusal | undefined {
  const on = displayColumn(action.table, action.name)
  const base = { claims: [statement.index], hazards, line: statement.line }
  const next = column && addedColumns(migration, action.table).includes(action.name) && columnIn(migration.after, action.table, action.name)
  if (next) {
    const why = 'it is dropped and added again under the same name, and its data would be lost'
    return { ...base, ...askConversion(action.table, column, next, { why, canDrop: emptied(next, migration) !== undefined }) }
  }
  if (openRenames(migration, action.table).includes(action.name)) return { ...base, ...askRename(action, migration) }
  const moved = intentFor(migration, 'drop', action.table, action.name) ? [] : moveCandidates(migration, action.table, action.name)
  if (moved.length > 0) return { ...base, ...askMove(action, moved) }
  const left = dependents(whenItGoes(migration, action, column), action.table, action.name)
  const [blocking] = left.opaque
  if (blocking) {
    return {
      ...base,
      reason: `${blocking} may use ${on}: the drop would fail (2BP01), or what uses it would break.`,
      fix: `Change or drop ${blocking} in a migration before this one, then plan again.`,
    }
  }
  const [inbound] = left.inbound
  if (inbound) {
    return {
      ...base,
      reason: `The foreign key "${inbound.constraint.name}" of ${displayTable(inbound.table)} points at ${on}.`,
      fix: `Drop "${inbound.constraint.name}" in a migration before this one, then plan again.`,
    }
  }
  if (!needsFill(column)) return undefined
  const fill = intentFor(migration, 'fill', action.table, action.name)?.with
  const isUnique = isUniqueAlone(migration, action.table, action.name)
  if (fill === undefined) return { ...base, ...askFill(action, column, on, isUnique) }
  if (!isUnique || !isSameForAll(fill, migration)) return undefined
  return { ...base, ...ownValues(on, fill, suggestUniqueFill(column.type)) }
}

/** The schema in which the contract drops the column: the migration's end, and the column still there. */
function whenItGoes({ before, after }: Migration, { table: key, name }: TableAction, column: Column | undefined): Catalog {
  const table = after.tables.get(key)
  if (!column || !table || table.columns.some((c) => c.name === name)) return before
  return putTable(after, key, { ...table, columns: [...table.columns, column] })
}

function needsFill(column: Column | undefined): column is Column {
  return column?.notNull === true && column.default === undefined && !column.identity && !column.generated
}

function askRename(action: TableAction, migration: Migration) {
  const on = displayColumn(action.table, action.name)
  const candidates = renameCandidates(migration, action.table)
  const first = candidates[0] ?? ''
  return {
    reason: `${on} is dropped while ${candidates.map((c) => `"${c}"`).join(', ')} ${candidates.length > 1 ? 'are' : 'is'} added: if that is a rename, its data must move.`,
    fix: `Say which: --rename "${on}=${first}" (the data moves), --map "${on}=${first}" (the field keeps its old column, nothing runs), or --drop "${on}" (it really goes).`,
    question: { kind: 'rename' as const, table: displayTable(action.table), column: action.name, candidates },
  }
}

function askMove(action: TableAction, moved: readonly { readonly table: string; readonly column: string }[]) {
  const on = displayColumn(action.table, action.name)
  const candidates = moved.map(({ table, column }) => ({ table: displayTable(table), column }))
  const names = candidates.map((c) => `${c.table}.${c.column}`)
  return {
    reason: `${on} is dropped while ${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} added: if that is where it goes, its data must move.`,
    fix: `Say which: --move "${on}=${names[0]}" (the data moves), or --drop "${on}" (it really goes).`,
    question: { kind: 'move' as const, table: displayTable(action.table), column: action.name, candidates },
  }
}

function askFill(action: TableAction, column: Column, on: string, isUnique: boolean) {
  const suggestion = isUnique ? suggestUniqueFill(column.type) : suggestFill(column.type)
  const why = 'new code no longer writes it, and old code that still reads it can not read NULL'
  return {
    reason: `${on} is required and has no default: ${why}.`,
    fix: `Say what old code reads in rows that new code writes: --fill "${on}=${suggestion ?? '<expression>'}", or make the column optional in a migration before this one.`,
    question: {
      kind: 'fill' as const,
      table: displayTable(action.table),
      column: action.name,
      type: column.type,
      why,
      ...(suggestion !== undefined && { suggestion }),
    },
  }
}

function held(statement: Statement, action: TableAction, column: Column | undefined, migration: Migration, hazards: Hazards): Outcome {
  const target = targetOf(action.range, action.sql)
  const fill = needsFill(column) ? intentFor(migration, 'fill', action.table, action.name) : undefined
  const trigger = fill && fillTrigger(target, action.name, fill.with)
  const falls = fallsWithColumn(statement, migration, action.table, action.name)
  const noUndo = { irreversible: 'The data of the column is gone. Take a backup of it before this step.' }
  return {
    claims: [...falls.claims, statement.index],
    hazards,
    expand: trigger
      ? [
          ddl({
            name: `fill ${action.name}`,
            title: `Fill ${action.name} for code that no longer writes it`,
            why: 'The column stays NOT NULL, so old code never reads a NULL that it can not handle.',
            sql: trigger.create,
            undo: trigger.drop,
          }),
        ]
      : [],
    contract: [
      ...falls.foreign.map((sql) =>
        ddl({
          name: 'drop foreign key',
          title: `Drop a foreign key of ${action.name}`,
          why: 'It locks the other table too, for a moment: in a transaction of its own.',
          sql: [sql],
          undo: { irreversible: 'The column is about to go.' },
        }),
      ),
      ddl({
        name: `drop ${action.name}`,
        title: `Drop ${action.name}`,
        why: 'No code uses it any more. The lock is held for a change in the catalog only; trigger and column go in one transaction, so no write meets half of it.',
        sql: [...(trigger?.drop ?? []), ...falls.before, statement.sql],
        undo: noUndo,
      }),
    ],
  }
}
