import type { TableName } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { type PgNode, untag } from '../../sql/parser.ts'
import { displayTable, strings, tableKey } from '../../sql/relation.ts'
import type { Statement } from '../../sql/statement.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { findingsIn } from '../../unrewritten/find.ts'
import { KINDS } from '../../unrewritten/kinds.ts'

const BREAKS: HazardKind = {
  code: 'drop-view-breaks-old-code',
  harm: 'compatibility',
  lock: 'ACCESS EXCLUSIVE',
  why: 'code that is still running may read it: each such query fails (42P01) from the moment it is gone.',
  instead: 'The drop waits in the contract until no such code runs.',
}

/** DROP VIEW: held in the contract; one that is made again with its columns is no hazard. */
export const strategy: Strategy = {
  id: 'drop-view',
  summary: 'Drops a view when no code reads it any more.',
  hazards: [BREAKS],
  rewrite(statement, migration) {
    const dropped = droppedViews(statement, migration)
    if (!dropped || !findingsIn(statement, migration).some((f) => f.kind === KINDS.dropView)) return undefined
    const names = dropped.map(displayTable).join(', ')
    const shared = { claims: [statement.index], hazards: [hazard(BREAKS, names, statement)] }
    // Made again it is found only where it loses columns: then no order of the two is right for old code.
    if (dropped.some((key) => migration.after.views.has(key))) {
      return {
        ...shared,
        line: statement.line,
        reason: `${names} is made again without columns that code which is still running may read.`,
        fix: `Make it under another name in this migration, move the code over, and drop ${names} in a later one.`,
      }
    }
    return { ...shared, expand: [], contract: [dropStep(statement, names)] }
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
