import type { DraftStep } from '../../plan/plan.ts'
import { rangeSql } from '../../sql/relation.ts'
import { objectName, quoteName } from '../../sql/sql.ts'
import type { Clauses } from '../../sql/update-clauses.ts'
import { otherImage, sameImage } from '../../steps/dual-write.ts'
import { backfill, ddl } from '../../steps/steps.ts'
import type { Change } from './batches.ts'

/** A change whose rows are listed in a table of ours before the first of them changes. */
interface Listed {
  readonly change: Change
  readonly clauses: Clauses
  /** Columns of a key of the table; at least one. */
  readonly key: readonly string[]
}

/** What is deleted depends on other rows of the same table: the list is made first, then gone through. */
export function deleteListed({ change, clauses, key }: Listed): DraftStep[] {
  const { table, sql, own } = namesOf(change, clauses)
  const list = quoteName(objectName('ec', table, 'to_delete'))
  const rows = query(clauses, `SELECT DISTINCT ${columns(own, key)} FROM ${source(sql, clauses)}`)
  return [
    listStep(`List the rows of ${table} that go`, list, [`CREATE TABLE ${list} AS ${rows}`]),
    backfill({
      name: `delete from ${table}`,
      title: `Delete rows of ${table}`,
      table: sql,
      from: list,
      deletes: true,
      once: true,
      key,
      where: matches(sql, list, key),
      undo: { irreversible: 'The rows are gone: take a backup of them before this step.' },
    }),
    dropStep(change, list, 'its rows are gone'),
  ]
}

/** Done twice a row would come out wrong: each batch takes the keys of its rows out of the list in the statement that changes them. */
export function takeListed({ change, clauses, key }: Listed): DraftStep[] {
  const { table, sql, own } = namesOf(change, clauses)
  const list = quoteName(objectName('ec', table, 'to_change'))
  const distinct = clauses.from === undefined ? '' : 'DISTINCT '
  const rows = query(clauses, `SELECT ${distinct}${columns(own, key)} FROM ${source(sql, clauses)}`)
  const { where, ...rest } = clauses
  return [
    listStep(`List the rows of ${table} that change`, list, [`CREATE TABLE ${list} AS ${rows}`, primaryKey(list, key)]),
    backfill({
      name: `change ${table}`,
      title: `Change ${clauses.set.map((s) => s.column).join(', ')} of the listed rows in ${table}, each once`,
      table: sql,
      ...rest,
      list,
      once: true,
      key,
      where: where ?? 'true',
      undo: { irreversible: 'The values before are not recorded.' },
    }),
    dropStep(change, list, 'its rows are changed'),
  ]
}

/**
 * The new values depend on other rows that change too: all are worked out first, from the table as it is. A row that is written meanwhile in those columns keeps
 * what was written, as if it had been written after the change.
 */
export function setListed({ change, clauses, key }: Listed): DraftStep[] {
  const { table, sql, own } = namesOf(change, clauses)
  const list = quoteName(objectName('ec', table, 'to_change'))
  const old = clauses.set.map((_, i) => `"ec_old_${i + 1}"`)
  const next = clauses.set.map((_, i) => `"ec_new_${i + 1}"`)
  const set = clauses.set.map((s) => quoteName(s.column))
  const shape = `SELECT ${columns('', key)}, ${[...old, ...next].map((name, i) => `${set[i % set.length]} AS ${name}`).join(', ')} FROM ${sql}`
  const values = [...set.map((s) => `${own}.${s}`), ...clauses.set.map((s) => s.expression)].join(', ')
  const rows = query(clauses, `SELECT DISTINCT ON (${columns(own, key)}) ${columns(own, key)}, ${values} FROM ${source(sql, clauses)}`)
  const unwritten = set.map((s, i) => sameImage(`${sql}.${s}`, `${list}.${old[i]}`))
  const differs = set.map((s, i) => otherImage(`${sql}.${s}`, `${list}.${next[i]}`)).join(' OR ')
  return [
    listStep(`Work out the new values of ${table}`, list, [
      `CREATE TABLE ${list} AS ${shape} WITH NO DATA`,
      `INSERT INTO ${list} ${rows}`,
      primaryKey(list, key),
    ]),
    backfill({
      name: `change ${table}`,
      title: `Set ${clauses.set.map((s) => s.column).join(', ')} of rows in ${table} to the values of the list`,
      table: sql,
      from: list,
      once: true,
      key,
      set: clauses.set.map((s, i) => ({ column: s.column, expression: `${list}.${next[i]}` })),
      where: [matches(sql, list, key), ...unwritten, set.length > 1 ? `(${differs})` : differs].join(' AND '),
      undo: { irreversible: 'The values before are in the list until it is dropped, and nowhere then.' },
    }),
    dropStep(change, list, 'its values are set'),
  ]
}

function namesOf({ fields }: Change, clauses: Clauses): { table: string; sql: string; own: string } {
  const sql = rangeSql(fields.relation)
  return { table: fields.relation.relname, sql, own: clauses.alias ?? sql }
}

function listStep(title: string, list: string, sql: readonly string[]): DraftStep {
  return ddl({
    name: 'list rows',
    title,
    why: 'A table of ours is filled from a query: nothing is locked but for reading.',
    sql,
    undo: [`DROP TABLE IF EXISTS ${list}`],
  })
}

function dropStep({ fields, statement }: Change, list: string, done: string): DraftStep {
  return ddl({
    name: 'drop list',
    title: `Drop the list of rows of ${fields.relation.relname}`,
    why: 'The table is ours.',
    sql: [`DROP TABLE ${list}`],
    undo: { none: `The list was made from line ${statement.line} of the migration, and ${done}.` },
  })
}

function primaryKey(list: string, key: readonly string[]): string {
  return `ALTER TABLE ${list} ADD PRIMARY KEY (${columns('', key)})`
}

function columns(of: string, key: readonly string[]): string {
  return key.map((name) => `${of === '' ? '' : `${of}.`}${quoteName(name)}`).join(', ')
}

function query(clauses: Clauses, select: string): string {
  return clauses.with === undefined ? select : `WITH ${clauses.with} ${select}`
}

/** FROM and WHERE of a query for the rows that the change is about. */
function source(sql: string, { alias, from, where }: Clauses): string {
  return `${sql}${alias ? ` AS ${alias}` : ''}${from ? `, ${from}` : ''}${where ? ` WHERE ${where}` : ''}`
}

function matches(sql: string, list: string, key: readonly string[]): string {
  return key.map((name) => `${sql}.${quoteName(name)} = ${list}.${quoteName(name)}`).join(' AND ')
}
