import { constraintAfter } from '../../added-constraint.ts'
import { schemaPrefix } from '../../carry/indexes.ts'
import { type Constraint, column, type Index, type Table } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep } from '../../plan/plan.ts'
import { indexSql } from '../../sql/index-sql.ts'
import { actionOf, displayColumn, displayTable, isNewTable, type TableAction } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { noDuplicates } from '../../steps/duplicates.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { check, ddl } from '../../steps/steps.ts'
import type { Target } from '../../steps/trigger.ts'
import type { Outcome, Strategy } from '../../strategy.ts'
import { targetOf } from '../../target.ts'
import { cantReplace, goesWithColumn, replacedKey, replaceKey } from './replace.ts'

const BUILDS: HazardKind = {
  code: 'add-unique-builds-index',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'ADD UNIQUE and ADD PRIMARY KEY build their index under ACCESS EXCLUSIVE: every query waits, about a second for each million rows.',
  instead:
    'The index is built with CREATE UNIQUE INDEX CONCURRENTLY, after a look for duplicates; the constraint then takes it over, which is a change in the catalog only.',
}

/** ADD CONSTRAINT … UNIQUE or PRIMARY KEY on a table that has rows: the index first, concurrently. */
export const strategy: Strategy = {
  id: 'add-unique',
  summary: 'Adds a unique constraint or a primary key without blocking reads or writes.',
  hazards: [BUILDS],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_AddConstraint')
    const kind = action?.def.contype
    if (!action || (kind !== 'CONSTR_UNIQUE' && kind !== 'CONSTR_PRIMARY') || action.def.indexname) return undefined
    if (isNewTable(migration, action.table, statement.index)) return undefined
    const found = constraintAfter(statement, action, migration)
    const index = found?.table.indexes.find((i) => i.constraint === found.constraint.name)
    const on = found?.constraint.name ?? action.name
    const shared = { claims: [statement.index], hazards: [hazard(BUILDS, on || displayTable(action.table), statement)] }
    const refusal = refuse(action, statement, migration)
    if (refusal || !found || !index) return { ...shared, line: statement.line, ...(refusal ?? UNKNOWN) }
    const replaced = replacedKey(action, found.constraint, statement, migration)
    if (!replaced) return { ...shared, ...rewrite(statement, action, { ...found, index }, migration) }
    const falls = goesWithColumn(action, replaced.old, migration)
    const claims = [...(falls ? [] : [replaced.drop.index]), statement.index]
    if (falls && falls.index > statement.index) return { ...shared, line: statement.line, ...cant(replaced.old.name, TOO_LATE) }
    const blocked = cantReplace(action, { old: replaced.old, constraint: found.constraint }, statement, migration)
    if (blocked) return { ...shared, claims, line: statement.line, ...cant(replaced.old.name, blocked) }
    const target = targetOf(action.range, action.sql)
    return { ...shared, claims, ...replaceKey({ target, ...(!falls && { old: replaced.old }), constraint: found.constraint, index }) }
  },
}

const UNKNOWN = {
  reason: 'The columns of the key are not known from the history.',
  fix: 'Add the migration that creates them to the history, then plan again.',
}

const TOO_LATE = 'a column of it is dropped behind the new key: drop it before'

function cant(name: string, blocked: string) {
  return {
    reason: `"${name}" is dropped and another key takes its place, but ${blocked}.`,
    fix: 'Do that in a migration of its own before this one, then plan again.',
  }
}

function refuse(action: TableAction, statement: Statement, migration: Migration) {
  const present = (migration.at[statement.index] ?? migration.before).tables
    .get(action.table)
    ?.constraints.find((c) => c.kind === 'primary')
  if (action.def.contype === 'CONSTR_PRIMARY' && present) {
    return {
      reason: `${displayTable(action.table)} has the primary key "${present.name}" already: PostgreSQL refuses a second one (42P16).`,
      fix: `Write before it: ALTER TABLE ${action.sql} DROP CONSTRAINT ${quoteName(present.name)}; (it may stand there as a comment, without the name). Then plan again.`,
    }
  }
  const table = migration.before.tables.get(action.table)
  if (table && table.kind !== 'table' && table.kind !== 'inherited') {
    return {
      reason: `${displayTable(action.table)} is partitioned: a constraint on it can't take over an index that was built concurrently.`,
      fix: 'Create the unique index ON ONLY the parent, build one concurrently on each partition, attach them (ALTER INDEX … ATTACH PARTITION), and use the index without the constraint.',
    }
  }
  return undefined
}

interface Found {
  readonly table: Table
  readonly constraint: Constraint
  readonly index: Index
}

function rewrite(statement: Statement, action: TableAction, found: Found, migration: Migration): Pick<Rewritten, 'expand' | 'contract'> {
  const { constraint, index } = found
  const target = targetOf(action.range, action.sql)
  const isPrimary = constraint.kind === 'primary'
  const before = (migration.at[statement.index] ?? migration.before).tables.get(action.table)
  const open = isPrimary ? constraint.columns.filter((name) => !column(before, name)?.notNull) : []
  const steps = [
    ...open.flatMap((name) => notNullSteps(target, name, displayColumn(action.table, name))),
    noDuplicates(target.name, target.sql, constraint.columns, index.nullsNotDistinct),
    ...build(target, constraint, index),
  ]
  // Code that is still running may leave a column NULL that the key makes required.
  return open.length > 0 ? { expand: [], contract: steps } : { expand: steps, contract: [] }
}

type Rewritten = Exclude<Outcome, { reason: string }>

function build(target: Target, constraint: Constraint, index: Index): DraftStep[] {
  const name = quoteName(constraint.name)
  const sql = indexSql(index, target.sql, { concurrently: true })
  if (sql === undefined) throw new Error(`the index of ${constraint.name} can't be written`)
  const kind = constraint.kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE'
  const deferrable = constraint.deferrable ? ` DEFERRABLE${constraint.initiallyDeferred ? ' INITIALLY DEFERRED' : ''}` : ''
  return [
    ddl({
      name: 'build index',
      title: `Build the index of ${constraint.name} concurrently`,
      why: 'CONCURRENTLY holds SHARE UPDATE EXCLUSIVE: reads and writes go on. No timeouts: a cancelled build leaves an invalid index behind, which the next step refuses.',
      sql: [sql],
      undo: { sql: [`DROP INDEX CONCURRENTLY IF EXISTS ${schemaPrefix(target)}${name}`], alone: true },
    }),
    ddl({
      name: 'add constraint',
      title: `Let ${constraint.name} take over the index`,
      why: 'The index is there and valid, and nothing is NULL: the lock is held for a change in the catalog, nothing is read.',
      sql: [`ALTER TABLE ${target.sql} ADD CONSTRAINT ${name} ${kind} USING INDEX ${name}${deferrable}`],
      undo: [`ALTER TABLE ${target.sql} DROP CONSTRAINT ${name}`],
    }),
  ]
}

function notNullSteps(target: Target, name: string, on: string): DraftStep[] {
  const nn = notNull(target, name)
  return [
    check({
      name: 'look for null',
      title: `Look for NULL in ${name}`,
      sql: `SELECT 1 FROM ${target.sql} WHERE ${quoteName(name)} IS NULL LIMIT 1`,
      message: `${on} still holds NULL, so it can't be part of a primary key. Fill those rows, then deploy again.`,
    }),
    ddl({
      name: 'refuse null',
      title: `Refuse NULL in ${name} from now on`,
      why: 'NOT VALID looks at new rows only: the lock is held for a moment, nothing is scanned.',
      sql: [nn.add],
      undo: [nn.dropCheck],
    }),
    validateStep(target, `that ${name} is never NULL`, [nn.validate]),
    setNotNullStep(target, name),
  ]
}
