import { column, type Table, type TableName } from '../../catalog/catalog.ts'
import { volatility } from '../../facts/volatility.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { type PgNode, untag } from '../../parser.ts'
import type { DraftStep } from '../../plan.ts'
import { displayTable, rangeKey, rangeSql } from '../../relation.ts'
import { relationsNamed } from '../../replay/tables-named.ts'
import { objectName, quoteName } from '../../sql.ts'
import type { Statement } from '../../statement.ts'
import { otherImage } from '../../steps/dual-write.ts'
import { backfill, ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { typeSql, walkingKey } from '../../target.ts'
import { changedRows } from '../../unrewritten/data.ts'
import { KINDS } from '../../unrewritten/kinds.ts'
import { type Clauses, clausesOf } from '../../update-clauses.ts'
import { names, repeatable } from './repeatable.ts'

const LOCKS: HazardKind = {
  code: 'data-change-in-migration',
  harm: 'lock',
  lock: 'ROW EXCLUSIVE',
  why: 'UPDATE and DELETE keep every row they touch locked until the migration ends, under the locks that the migration holds already; writers of those rows wait as long.',
  instead:
    'The change becomes a step of its own that goes through the table in batches, each in its own transaction, and can be stopped and run again.',
}

/** UPDATE and DELETE on tables that have rows: out of the schema migration, in batches. */
export const strategy: Strategy = {
  id: 'change-data',
  summary: 'Takes a change of data out of the migration and runs it in batches.',
  hazards: [LOCKS],
  rewrite(statement, migration) {
    const [tag, fields] = untag(statement.node)
    if (tag !== 'UpdateStmt' && tag !== 'DeleteStmt') return undefined
    if (!changedRows(statement, migration).some((f) => f.kind === KINDS.dataChange)) return undefined
    const key = rangeKey(fields.relation)
    const on = displayTable(key)
    const shared = { claims: [statement.index], hazards: [hazard(LOCKS, on, statement)] }
    const steps = writesElsewhere(fields) ? undefined : batches({ statement, fields, key, migration })
    if (steps) return { ...shared, expand: steps, contract: [] }
    return {
      ...shared,
      line: statement.line,
      reason: `${on}: this ${tag.slice(0, 6).toUpperCase()} can't be cut into batches: ${whyNot(fields, key, migration)}.`,
      fix: 'Move it into a job of its own that keeps track of what it has done, or write its condition so that a row which is done no longer meets it.',
    }
  },
}

/** A WITH query that writes too. */
function writesElsewhere(fields: PgNode): boolean {
  return ((fields.withClause?.ctes ?? []) as PgNode[]).some((c) => !c.CommonTableExpr?.ctequery?.SelectStmt)
}

function whyNot(fields: PgNode, key: TableName, migration: Migration): string {
  if (writesElsewhere(fields)) return 'a query of its WITH clause writes too'
  if (readsItself(fields, key, migration)) return 'it looks at other rows of the table that it changes'
  return 'run again after it was stopped, it would change rows twice'
}

interface Change {
  readonly statement: Statement
  readonly fields: PgNode
  readonly key: TableName
  readonly migration: Migration
}

function batches({ statement, fields, key, migration }: Change): DraftStep[] | undefined {
  const clauses = clausesOf(statement.sql, fields)
  if (!clauses) return undefined
  const table = (migration.at[statement.index] ?? migration.before).tables.get(key)
  const walk = walkingKey(table)
  if (fields.targetList === undefined) {
    if (!readsItself(fields, key, migration)) return [deletion(clauses, fields, walk)]
    return walk.length > 0 ? byList(statement, clauses, fields, walk) : undefined
  }
  const set = (fields.targetList as PgNode[]).map((t) => ({ column: t.ResTarget.name as string, value: t.ResTarget.val as PgNode }))
  const others = [...(fields.fromClause ?? []), ...(fields.withClause ? [fields.withClause] : [])] as PgNode[]
  const kind = repeatable(set, fields.whereClause, others, ownName(fields), (node) =>
    volatility(node, migration.before, migration.postgres),
  )
  if (!kind || readsOwnChange(fields, set, key, migration)) return undefined
  return [update(clauses, fields, table, kind === 'same')]
}

const NO_UNDO = { irreversible: 'The values before are not recorded.' }

function update(clauses: Clauses, fields: PgNode, of: Table | undefined, isSame: boolean): DraftStep {
  const { set, where, ...rest } = clauses
  const own = (name: string): string => `${rest.alias ?? rangeSql(fields.relation)}.${quoteName(name)}`
  const typed = (name: string, expression: string): string => `(${expression})::${typeSql(column(of, name)?.type ?? 'text')}`
  const differs = set.map((s) => otherImage(own(s.column), typed(s.column, s.expression))).join(' OR ')
  const conditions = [
    ...(where === undefined ? [] : [set.length > 0 && isSame ? `(${where})` : where]),
    ...(isSame ? [set.length > 1 ? `(${differs})` : differs] : []),
  ]
  const table = fields.relation.relname as string
  return backfill({
    name: `change ${table}`,
    title: `Change ${set.map((s) => s.column).join(', ')} of rows in ${table}`,
    table: rangeSql(fields.relation),
    ...rest,
    once: true,
    key: walkingKey(of),
    set,
    where: conditions.join(' AND '),
    undo: NO_UNDO,
  })
}

function deletion({ where, ...rest }: Clauses, fields: PgNode, key: readonly string[]): DraftStep {
  const table = fields.relation.relname as string
  return backfill({
    name: `delete from ${table}`,
    title: `Delete rows of ${table}`,
    table: rangeSql(fields.relation),
    ...rest,
    deletes: true,
    once: true,
    key,
    where: where ?? 'true',
    undo: { irreversible: 'The rows are gone: take a backup of them before this step.' },
  })
}

/** What is deleted depends on other rows of the same table: the list is made first, then gone through. */
function byList(statement: Statement, clauses: Clauses, fields: PgNode, key: readonly string[]): DraftStep[] {
  const table = fields.relation.relname as string
  const list = quoteName(objectName('ec', table, 'to_delete'))
  const own = clauses.alias ?? rangeSql(fields.relation)
  const columns = key.map((c) => `${own}.${quoteName(c)}`).join(', ')
  const source = `${rangeSql(fields.relation)}${clauses.alias ? ` AS ${clauses.alias}` : ''}${clauses.from ? `, ${clauses.from}` : ''}`
  const query = `${clauses.with ? `WITH ${clauses.with} ` : ''}SELECT DISTINCT ${columns} FROM ${source}${clauses.where ? ` WHERE ${clauses.where}` : ''}`
  const matches = key.map((c) => `${rangeSql(fields.relation)}.${quoteName(c)} = ${list}.${quoteName(c)}`).join(' AND ')
  return [
    ddl({
      name: 'list rows',
      title: `List the rows of ${table} that go`,
      why: 'A table of ours is filled from a query: nothing is locked but for reading.',
      sql: [`CREATE TABLE ${list} AS ${query}`],
      undo: [`DROP TABLE IF EXISTS ${list}`],
    }),
    deletion({ set: [], from: list, where: matches }, fields, key),
    ddl({
      name: 'drop list',
      title: `Drop the list of rows of ${table}`,
      why: 'The table is ours.',
      sql: [`DROP TABLE ${list}`],
      undo: { none: `The list was made from line ${statement.line} of the migration, and its rows are gone.` },
    }),
  ]
}

function readsItself(fields: PgNode, key: TableName, migration: Migration): boolean {
  const { relation: _, ...rest } = fields
  return relationsNamed(rest, migration.before).includes(key)
}

/** It looks at other rows of the table, by the columns that it changes: an earlier batch would change what a later one sees. */
function readsOwnChange(fields: PgNode, set: readonly { readonly column: string }[], key: TableName, migration: Migration): boolean {
  if (!readsItself(fields, key, migration)) return false
  const columns = set.map((s) => s.column)
  return names([fields.fromClause ?? [], fields.withClause ?? [], subqueries([fields.targetList, fields.whereClause])], columns, '')
}

/** What the statement calls the table that it changes. */
function ownName(fields: PgNode): string {
  return fields.relation.alias?.aliasname ?? fields.relation.relname
}

function subqueries(node: unknown): PgNode[] {
  if (Array.isArray(node)) return node.flatMap(subqueries)
  if (typeof node !== 'object' || node === null) return []
  const { SubLink } = node as PgNode
  return SubLink ? [SubLink.subselect] : Object.values(node).flatMap(subqueries)
}
