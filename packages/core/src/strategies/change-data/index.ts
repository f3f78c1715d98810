import { type HazardKind, hazard } from '../../hazard.ts'
import { untag } from '../../sql/parser.ts'
import { displayTable, rangeKey } from '../../sql/relation.ts'
import type { Strategy } from '../../strategy.ts'
import { changedRows } from '../../unrewritten/data.ts'
import { KINDS } from '../../unrewritten/kinds.ts'
import { batches } from './batches.ts'

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
    const steps = batches({ statement, fields, key, migration })
    if (!('reason' in steps)) return { ...shared, expand: steps, contract: [] }
    return {
      ...shared,
      line: statement.line,
      reason: `${on}: this ${tag.slice(0, 6).toUpperCase()} can't be cut into batches: ${steps.reason}.`,
      fix: steps.fix,
    }
  },
}
