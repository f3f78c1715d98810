import { schemaPrefix } from '../../carry/indexes.ts'
import { type Constraint, column, type Index } from '../../catalog/catalog.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep } from '../../plan/plan.ts'
import { indexSql } from '../../sql/index-sql.ts'
import { actionOf, displayTable, type TableAction } from '../../sql/relation.ts'
import { objectName, quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { noDuplicates } from '../../steps/duplicates.ts'
import { ddl } from '../../steps/steps.ts'
import type { Target } from '../../steps/trigger.ts'
import { actionsOn } from '../../target.ts'

/** The key that the migration drops before it adds this one: of the same name, or the primary key that a new one takes the place of. */
export function replacedKey(
  action: TableAction,
  added: Constraint,
  statement: Statement,
  migration: Migration,
): { drop: Statement; old: Constraint } | undefined {
  const constraints = migration.before.tables.get(action.table)?.constraints ?? []
  for (const drop of migration.script.statements) {
    const dropped = drop.index < statement.index ? actionOf(drop, 'AT_DropConstraint') : undefined
    const old = dropped?.table === action.table ? constraints.find((c) => c.name === dropped.name) : undefined
    if (!old || (old.kind !== 'unique' && old.kind !== 'primary')) continue
    if (old.name === added.name || (old.kind === 'primary' && added.kind === 'primary')) return { drop, old }
  }
  return undefined
}

/** True for the DROP CONSTRAINT of a key that a later statement replaces: the strategy for the new one answers for both. */
export function isSwapped(dropped: TableAction, statement: Statement, migration: Migration): boolean {
  const old = migration.before.tables.get(dropped.table)?.constraints.find((c) => c.name === dropped.name)
  return migration.script.statements.some((later) => {
    const added = later.index > statement.index ? actionOf(later, 'AT_AddConstraint') : undefined
    if (added?.table !== dropped.table || added.def.indexname) return false
    const isPrimary = added.def.contype === 'CONSTR_PRIMARY'
    return (isPrimary && old?.kind === 'primary') || ((isPrimary || added.def.contype === 'CONSTR_UNIQUE') && added.name === dropped.name)
  })
}

/** The DROP COLUMN that the old key falls with: the column's strategy answers for the key. */
export function goesWithColumn({ table }: TableAction, old: Constraint, migration: Migration): Statement | undefined {
  return actionsOn(migration, 'AT_DropColumn', table).find(({ action }) => old.columns.includes(action.name))?.statement
}

interface Replacement {
  readonly target: Target
  /** Absent where the contract has dropped it with its column by then. */
  readonly old?: Constraint
  readonly constraint: Constraint
  readonly index: Index
}

/** What stands in the way of a swap, in words. */
export function cantReplace(
  action: TableAction,
  { old, constraint }: { readonly old: Constraint; readonly constraint: Constraint },
  statement: Statement,
  migration: Migration,
): string | undefined {
  const inbound = [...migration.before.tables].find(([, t]) =>
    t.constraints.some(
      (c) => c.references?.table === action.table && c.references.columns.toSorted().join('\0') === old.columns.toSorted().join('\0'),
    ),
  )
  if (inbound) return `a foreign key of ${displayTable(inbound[0])} rests on it`
  const table = (migration.at[statement.index] ?? migration.before).tables.get(action.table)
  const open = constraint.kind === 'primary' ? constraint.columns.find((name) => !column(table, name)?.notNull) : undefined
  return open === undefined ? undefined : `"${open}" may be NULL`
}

/** The new index stands from expand on, for code that needs it; the constraints change places in the contract, when no code relies on the old one. */
export function replaceKey({ target, old, constraint, index }: Replacement): { expand: DraftStep[]; contract: DraftStep[] } {
  const copy = objectName('ec', constraint.name, 'new')
  const sql = indexSql(index, target.sql, { name: copy, concurrently: true })
  if (sql === undefined) throw new Error(`the index of ${constraint.name} can't be written`)
  const alter = `ALTER TABLE ${target.sql}`
  const kind = constraint.kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE'
  const deferrable = constraint.deferrable ? ` DEFERRABLE${constraint.initiallyDeferred ? ' INITIALLY DEFERRED' : ''}` : ''
  return {
    expand: [
      noDuplicates(target.name, target.sql, constraint.columns, index.nullsNotDistinct),
      ddl({
        name: 'build index',
        title: `Build the index of the new ${constraint.name} beside the old one`,
        why: 'CONCURRENTLY lets reads and writes go on; the old key serves old code until the contract.',
        sql: [sql],
        undo: { sql: [`DROP INDEX CONCURRENTLY IF EXISTS ${schemaPrefix(target)}${quoteName(copy)}`], alone: true },
      }),
    ],
    contract: [
      ddl({
        name: 'swap keys',
        title: `Let the new ${constraint.name} take the place of the old key`,
        why: old
          ? 'The index is there and valid: in one transaction the old constraint goes and the new one takes over its index, which is a change in the catalog only.'
          : 'The index is there and valid, and the old key is gone with its column: the new one takes over its index, which is a change in the catalog only.',
        sql: [
          ...(old ? [`${alter} DROP CONSTRAINT ${quoteName(old.name)}`] : []),
          `${alter} ADD CONSTRAINT ${quoteName(constraint.name)} ${kind} USING INDEX ${quoteName(copy)}${deferrable}`,
        ],
        undo: { irreversible: 'Rows may have come in since that the old key refuses: look for duplicates before it is built again.' },
      }),
    ],
  }
}
