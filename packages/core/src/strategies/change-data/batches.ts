import { column, type Table, type TableName } from '../../catalog/catalog.ts'
import { volatility } from '../../facts/volatility.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep } from '../../plan/plan.ts'
import { relationsNamed } from '../../replay/tables-named.ts'
import type { PgNode } from '../../sql/parser.ts'
import { rangeSql } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { type Clauses, clausesOf } from '../../sql/update-clauses.ts'
import { otherImage } from '../../steps/dual-write.ts'
import { backfill } from '../../steps/steps.ts'
import { typeSql, walkingKey } from '../../target.ts'
import { deleteListed, setListed, takeListed } from './lists.ts'
import { names, repeatable } from './repeatable.ts'

/** An UPDATE or DELETE and the table that it changes. */
export interface Change {
  readonly statement: Statement
  readonly fields: PgNode
  readonly key: TableName
  readonly migration: Migration
}

/** Why a change stays whole, and what to do. */
interface CantCut {
  readonly reason: string
  readonly fix: string
}

/** The steps that do the change in batches, each row once whatever stops them. */
export function batches(change: Change): readonly DraftStep[] | CantCut {
  const { statement, fields, key, migration } = change
  if (((fields.withClause?.ctes ?? []) as PgNode[]).some((c) => !c.CommonTableExpr?.ctequery?.SelectStmt)) {
    return {
      reason: 'a query of its WITH clause writes too, and both must see the same rows',
      fix: 'Write two statements of it: what the WITH clause does first, then this one, by a condition on what the first has written.',
    }
  }
  const clauses = clausesOf(statement.sql, fields)
  if (!clauses)
    return { reason: 'its form is not one that can be taken apart', fix: 'Write it as UPDATE … SET column = expression … WHERE condition.' }
  const table = (migration.at[statement.index] ?? migration.before).tables.get(key)
  const listed = { change, clauses, key: walkingKey(table) }
  const needsList = {
    reason: 'a list of its rows must be kept, and the table has no key that names one',
    fix: 'Give the table a primary key in a migration before this one, then plan again.',
  }
  if (fields.targetList === undefined) {
    if (!readsItself(change)) return [deletion(clauses, fields, listed.key)]
    return listed.key.length > 0 ? deleteListed(listed) : needsList
  }
  const set = (fields.targetList as PgNode[]).map((t) => ({ column: t.ResTarget.name as string, value: t.ResTarget.val as PgNode }))
  const readsOthers = readsOwnChange(change, set)
  const others = [...(fields.fromClause ?? []), ...(fields.withClause ? [fields.withClause] : [])] as PgNode[]
  const kind = readsOthers
    ? undefined
    : repeatable(set, fields.whereClause, others, ownName(fields), (node) => volatility(node, migration.before, migration.postgres))
  if (kind) return [update(clauses, fields, table, kind === 'same')]
  if (listed.key.length === 0) return needsList
  return readsOthers ? setListed(listed) : takeListed(listed)
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

function readsItself({ fields, key, migration }: Change): boolean {
  const { relation: _, ...rest } = fields
  return relationsNamed(rest, migration.before).includes(key)
}

/** It looks at other rows of the table, by the columns that it changes: an earlier batch would change what a later one sees. */
function readsOwnChange(change: Change, set: readonly { readonly column: string }[]): boolean {
  if (!readsItself(change)) return false
  const { fields } = change
  const columns = set.map((s) => s.column)
  return names(
    [fields.fromClause ?? [], fields.withClause ?? [], subqueries([fields.targetList, fields.whereClause])],
    columns,
    (by) => by !== ownName(fields),
  )
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
