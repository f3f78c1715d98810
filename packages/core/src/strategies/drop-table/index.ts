import type { Constraint, TableName } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep } from '../../plan/plan.ts'
import { droppedAlone, lookAlikes, recreatedTable } from '../../recreated-table.ts'
import { constraintBody } from '../../sql/constraint-sql.ts'
import { type PgNode, untag } from '../../sql/parser.ts'
import { actionOf, displayTable, isNewTable, namesTable, splitKey, strings, tableKey } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { isUnusedTable } from '../../target.ts'
import { findingsIn } from '../../unrewritten/find.ts'
import { KINDS } from '../../unrewritten/kinds.ts'

const BREAKS: HazardKind = {
  code: 'drop-table-breaks-old-code',
  harm: 'compatibility',
  lock: 'ACCESS EXCLUSIVE',
  why: 'code that is still running reads and writes the table: each of its queries fails (42P01) from the moment it is gone.',
  instead:
    'The drop waits in the contract until no such code runs. Foreign keys go first, each in a transaction of its own, because each locks the other table too.',
}

const LOSES: HazardKind = {
  code: 'drop-table-loses-data',
  harm: 'data',
  why: 'the data of the table is gone; no rollback of a deploy brings it back.',
  instead: 'The drop is the last step, in the contract, after the gate: take a backup of the table before it.',
}

/** DROP TABLE: held in the contract, foreign keys first. */
export const strategy: Strategy = {
  id: 'drop-table',
  summary: 'Drops a table when no code uses it any more.',
  hazards: [BREAKS, LOSES],
  rewrite(statement, migration) {
    const dropped = droppedTables(statement)
    if (!dropped || dropped.every(({ key }) => isUnusedTable(migration, key)) || recreatedTable(statement, migration)) return undefined
    if (!findingsIn(statement, migration).some((f) => f.kind === KINDS.dropTable)) return undefined
    const names = dropped.map(({ key }) => displayTable(key)).join(', ')
    const shared = { claims: [statement.index], hazards: [hazard(BREAKS, names, statement), hazard(LOSES, names, statement)] }
    const question = askRename(statement, migration)
    if (question) return { ...shared, line: statement.line, ...question }
    const blocked = obstacle(dropped, statement, migration)
    if (blocked) return { ...shared, line: statement.line, ...blocked }
    const keys = foreignKeys(
      dropped.map((d) => d.key),
      statement,
      migration,
    )
    const last = ddl({
      name: `drop ${dropped[0]?.sql.replaceAll('"', '') ?? 'table'}`,
      title: `Drop ${names}`,
      why: 'No code uses it any more, and no foreign key ties it to a table that is in use: the lock is held on it alone.',
      sql: [statement.sql],
      undo: { irreversible: 'The data of the table is gone. Take a backup of it before this step.' },
    })
    return {
      ...shared,
      expand: keys.filter((k) => k.isInTheWay).map(release),
      contract: [...keys.filter((k) => !k.isInTheWay).map(cut), last],
    }
  },
}

/** A new table that looks like the dropped one may be that under another name: only a person knows. */
function askRename(statement: Statement, migration: Migration) {
  const key = droppedAlone(statement)
  if (!key || migration.intents.some((i) => i.kind === 'drop-table' && namesTable(i.table, key))) return undefined
  const candidates = lookAlikes(key, migration).map(displayTable)
  if (candidates.length === 0) return undefined
  const on = displayTable(key)
  return {
    reason: `${on} is dropped while ${candidates.map((c) => `"${c}"`).join(', ')} ${candidates.length === 1 ? 'is' : 'are'} made, which looks like it: if that is a rename, its rows must stay.`,
    fix: `Say so: --rename-table "${on}=${candidates[0]}"; or that it really goes: --drop-table "${on}".`,
    question: { kind: 'rename-table' as const, table: on, candidates },
  }
}

interface Dropped {
  readonly key: TableName
  /** As the migration writes it. */
  readonly sql: string
}

function droppedTables(statement: Statement): Dropped[] | undefined {
  const [tag, drop] = untag(statement.node)
  if (tag !== 'DropStmt' || drop.removeType !== 'OBJECT_TABLE') return undefined
  return (drop.objects as PgNode[]).map((o) => {
    const path = strings(o.List?.items)
    return { key: tableKey(path.at(-1) ?? '', path.at(-2)), sql: path.map(quoteName).join('.') }
  })
}

function obstacle(dropped: readonly Dropped[], statement: Statement, migration: Migration) {
  const catalog = migration.at[statement.index] ?? migration.before
  for (const { key } of dropped) {
    const name = displayTable(key)
    if (!migration.before.tables.has(key) && !isNewTable(migration, key) && statement.node.DropStmt.missing_ok !== true) {
      return {
        reason: `The history never created ${name}, so what hangs on it is not known here.`,
        fix: `Add the migration that created ${name} to the history, then plan again.`,
      }
    }
    const [view] = [...catalog.views].filter(([, v]) => v.reads.some((r) => r.table === key)).map(([v]) => displayTable(v))
    if (view !== undefined) {
      return {
        reason: `The view ${view} reads ${name}: without CASCADE the drop fails (2BP01), with it the view goes too.`,
        fix: `Drop or change the view ${view} in a migration before this one, then plan again.`,
      }
    }
    const child = [...migration.before.tables.values()].find((t) => t.parents?.includes(key))
    if (child) {
      return {
        reason: `${displayTable(tableKey(child.name, child.schema))} inherits from ${name} or is a partition of it, and goes with it.`,
        fix: 'Detach or drop it in a migration before this one, then plan again.',
      }
    }
  }
  return undefined
}

interface TiedKey {
  readonly table: TableName
  readonly other: TableName
  readonly constraint: Constraint
  /** New code, which knows nothing of the table that leaves, would run into it. */
  readonly isInTheWay: boolean
}

/** Foreign keys between a table that leaves and one that stays, without those that the migration drops itself. */
function foreignKeys(leaving: readonly TableName[], statement: Statement, migration: Migration): TiedKey[] {
  const tied: TiedKey[] = []
  for (const [table, { constraints }] of (migration.at[statement.index] ?? migration.before).tables) {
    for (const constraint of constraints) {
      const other = constraint.references?.table
      if (other === undefined || leaving.includes(table) === leaving.includes(other) || goesElsewhere(table, other, leaving, migration))
        continue
      const restricts = ['no action', 'restrict'].includes(constraint.references?.onDelete ?? '')
      // A key of a table that stays refuses rows that new code writes; one of the table that leaves refuses deletes of rows that it still points at.
      tied.push({ table, other, constraint, isInTheWay: leaving.includes(other) || restricts })
    }
  }
  return tied
}

/** The other side leaves in a later statement of the same migration, or the column of the key does. */
function goesElsewhere(table: TableName, other: TableName, leaving: readonly TableName[], migration: Migration): boolean {
  const stays = leaving.includes(table) ? other : table
  return (
    !migration.after.tables.has(stays) &&
    migration.before.tables.has(stays) &&
    !migration.script.statements.some((s) => actionOf(s, 'AT_AddColumn')?.table === stays)
  )
}

function dropSql({ table, constraint }: TiedKey): { on: string; drop: string } {
  const [schema, name] = splitKey(table)
  const on = schema === 'public' ? quoteName(name) : table
  return { on, drop: `ALTER TABLE ${on} DROP CONSTRAINT ${quoteName(constraint.name)}` }
}

function release(key: TiedKey): DraftStep {
  const { on, drop } = dropSql(key)
  const name = quoteName(key.constraint.name)
  const body = constraintBody(key.constraint)
  return ddl({
    name: 'drop foreign key',
    title: `Drop ${key.constraint.name}, which would stand in the way of new code`,
    why: 'Both tables are locked for a moment, in a transaction of its own. Code that is still running loses nothing but the check.',
    sql: [drop],
    undo: body
      ? { sql: [`ALTER TABLE ${on} ADD CONSTRAINT ${name} ${body} NOT VALID`], after: [`ALTER TABLE ${on} VALIDATE CONSTRAINT ${name}`] }
      : { irreversible: 'The foreign key is not known well enough to be added again.' },
  })
}

function cut(key: TiedKey): DraftStep {
  return ddl({
    name: 'drop foreign key',
    title: `Drop ${key.constraint.name}`,
    why: `It locks ${displayTable(key.other)} too, for a moment: in a transaction of its own.`,
    sql: [dropSql(key).drop],
    undo: { irreversible: 'The table is about to go.' },
  })
}
