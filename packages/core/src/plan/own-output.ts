import type { Catalog } from '../catalog/catalog.ts'
import type { Intent } from '../intent.ts'
import { applyScript } from '../replay/replay.ts'
import { type PgNode, parseStatements, untag } from '../sql/parser.ts'
import { readScript } from '../sql/read.ts'
import { displayTable, rangeKey, strings, tableKey } from '../sql/relation.ts'
import { userType } from '../sql/type-name.ts'
import type { Hazard, Plan, Stage, Step } from './plan.ts'
import { planMigration } from './planner.ts'
import { stepSql } from './step-file.ts'

/**
 * Hazards and refusals that planning our own output finds: each step is read as a migration of its own, on the schema that the steps before it left. There must be none.
 * In the contract the dropped columns and tables count as unused, for that is what its gate has found.
 */
export function hazardsOfOutput(plan: Plan, before: Catalog): Hazard[] {
  let catalog = before
  return plan.stages.flatMap((stage) =>
    stage.steps.flatMap((step) => {
      const script = readScript(stepSql(step))
      const { at, after } = applyScript(catalog, script, step.id)
      const intents = unusedBy(step, stage.name, catalog)
      const again = planMigration({ id: `${plan.id}/${step.id}`, script, before: catalog, at, after, intents, postgres: plan.postgres })
      catalog = after
      const refused = again.refusals.map(
        (r): Hazard => ({ code: 'refused', harm: 'lock', on: step.id, why: r.reason, line: r.line, column: 1 }),
      )
      return [...again.hazards, ...refused]
    }),
  )
}

/**
 * What a step takes away and nothing uses: in the contract all of it, which its gate has found; before that tables and columns of ours, which no code knows. `catalog` is the schema
 * before it.
 */
export function unusedBy(step: Step, stage: Stage['name'], catalog: Catalog): Intent[] {
  const isOurs = (name: string): boolean => name.startsWith('ec_')
  const all = unused(step, catalog)
  if (stage === 'contract') return all
  return all.filter((i) => (i.kind === 'unused-table' && isOurs(i.table)) || (i.column !== undefined && isOurs(i.column)))
}

function unused(step: Step, catalog: Catalog): Intent[] {
  if (step.kind !== 'ddl') return []
  return step.sql.flatMap((sql) =>
    parseStatements(sql).flatMap(({ stmt }): Intent[] => {
      const [tag, s] = untag(stmt)
      if (tag === 'DropStmt' && ['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW'].includes(s.removeType))
        return (s.objects as PgNode[]).map((o) => {
          const path = strings(o.List?.items)
          return { kind: 'unused-table', table: displayTable(tableKey(path.at(-1) ?? '', path.at(-2))) }
        })
      if (tag === 'RenameStmt' && s.renameType === 'OBJECT_COLUMN')
        return [{ kind: 'unused', table: displayTable(rangeKey(s.relation)), column: s.subname }]
      if (tag === 'AlterEnumStmt' && s.oldVal !== undefined) return [{ kind: 'unused-type', type: userType(strings(s.typeName)) }]
      if (tag === 'RenameStmt' && (s.renameType === 'OBJECT_TYPE' || s.renameType === 'OBJECT_DOMAIN'))
        return [{ kind: 'unused-type', type: userType(strings(s.object?.List?.items)) }]
      const cmd = tag === 'AlterTableStmt' ? s.cmds[0]?.AlterTableCmd : undefined
      if (!['AT_DropColumn', 'AT_ColumnDefault', 'AT_DropConstraint'].includes(cmd?.subtype)) return []
      const key = rangeKey(s.relation)
      const constraint = catalog.tables.get(key)?.constraints.find((c) => c.name === cmd.name)
      const columns: readonly string[] = cmd.subtype === 'AT_DropConstraint' ? (constraint?.columns ?? []) : [cmd.name]
      return columns.map((column) => ({ kind: 'unused', table: displayTable(key), column }))
    }),
  )
}
