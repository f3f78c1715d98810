import type { TableName } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { inOneTransaction } from '../../one-transaction.ts'
import { type PgNode, untag } from '../../parser.ts'
import { displayTable, rangeKey, strings, tableKey } from '../../relation.ts'
import type { Statement } from '../../statement.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { findingsIn } from '../../unrewritten/find.ts'
import { KINDS } from '../../unrewritten/kinds.ts'

const BREAKS: HazardKind = {
  code: 'drop-view-breaks-old-code',
  harm: 'compatibility',
  lock: 'ACCESS EXCLUSIVE',
  why: 'code that is still running may read it: each such query fails (42P01) from the moment it is gone.',
  instead: 'The drop waits in the contract until no such code runs; a view that is made anew is replaced in one transaction.',
}

/** DROP VIEW: held in the contract, or one transaction with the CREATE VIEW that follows. */
export const strategy: Strategy = {
  id: 'drop-view',
  summary: 'Drops a view when no code reads it any more, or replaces it without a gap.',
  hazards: [BREAKS],
  rewrite(statement, migration) {
    const dropped = droppedViews(statement, migration)
    if (!dropped || !findingsIn(statement, migration).some((f) => f.kind === KINDS.dropView)) return undefined
    const [key = ''] = dropped
    const names = dropped.map(displayTable).join(', ')
    const shared = { claims: [statement.index], hazards: [hazard(BREAKS, names, statement)] }
    const view = migration.before.views.get(key)
    const again = dropped.length === 1 ? makesAgain(key, statement, migration) : undefined
    if (again && inOneTransaction(statement, again, migration)) return undefined
    if (!again) {
      return { ...shared, expand: [], contract: [dropStep(statement, names)] }
    }
    if (view?.materialized || !isNext(statement, again, migration)) {
      return {
        ...shared,
        line: statement.line,
        reason: view?.materialized
          ? `The materialized view ${names} is filled anew while its readers wait.`
          : `The view ${names} is dropped, other things change, and it is made again: in between its readers fail.`,
        fix: `Make it under another name in this migration, move the code over, and drop ${names} in a later one.`,
      }
    }
    return {
      claims: [statement.index, again.index],
      hazards: shared.hazards,
      expand: [
        ddl({
          name: `replace ${displayTable(key)}`,
          title: `Replace the view ${names}`,
          why: 'Old and new view change places in one transaction: no reader finds none. Only the catalog changes.',
          sql: [statement.sql, again.sql],
          undo: { irreversible: 'The text of the old view is in the history; make it again by hand.' },
          invalidatesPlans: true,
        }),
      ],
      contract: [],
    }
  },
}

function dropStep(statement: Statement, names: string) {
  return ddl({
    name: 'drop view',
    title: `Drop the view ${names}`,
    why: 'No code reads it any more; only the catalog changes.',
    sql: [statement.sql],
    undo: { irreversible: 'The text of the view is in the history; make it again by hand.' },
  })
}

/** The views among the dropped that were there before the migration; undefined where there is none. */
function droppedViews(statement: Statement, migration: Migration): TableName[] | undefined {
  const [tag, drop] = untag(statement.node)
  if (tag !== 'DropStmt' || (drop.removeType !== 'OBJECT_VIEW' && drop.removeType !== 'OBJECT_MATVIEW')) return undefined
  const keys = (drop.objects as PgNode[]).map((o) => {
    const path = strings(o.List?.items)
    return tableKey(path.at(-1) ?? '', path.at(-2))
  })
  const known = drop.missing_ok ? keys.filter((key) => migration.before.views.has(key)) : keys
  const released = known.every((key) => migration.intents.some((i) => i.kind === 'unused-table' && i.table === displayTable(key)))
  return known.length === 0 || released ? undefined : known
}

function makesAgain(key: TableName, statement: Statement, migration: Migration): Statement | undefined {
  return migration.script.statements.find((s) => {
    if (s.index < statement.index) return false
    const [tag, v] = untag(s.node)
    return (tag === 'ViewStmt' && rangeKey(v.view) === key) || (tag === 'CreateTableAsStmt' && rangeKey(v.into.rel) === key)
  })
}

/** Nothing but comments stands between the two. */
function isNext(statement: Statement, again: Statement, migration: Migration): boolean {
  return migration.script.statements.slice(statement.index + 1, again.index).every((s) => s.node.CommentStmt !== undefined)
}
