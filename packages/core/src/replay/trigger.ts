import type { Catalog, Policy, TableName, Trigger } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../parser.ts'
import { readScript } from '../read.ts'
import { rangeKey, strings, tableKey } from '../relation.ts'
import type { Statement } from '../statement.ts'
import type { Change, Handler } from './change.ts'
import { editTable, mark } from './edit.ts'
import { cloneTrigger, triggersOfPartitions } from './partition.ts'
import { parenthesised, sourceOf } from './slice.ts'

/** CREATE TRIGGER. Those of views are not held. */
export const createTrigger: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  if (catalog.views.has(key)) return catalog
  const trigger = triggerOf(fields, change.statement)
  const stands = catalog.tables.get(key)?.triggers.some((t) => t.name === trigger.name) === true
  if (stands && fields.replace !== true) return mark(catalog, key, change, `"${trigger.name}" stands already`)
  const added = editTable(catalog, key, change, (table) => ({
    ...table,
    triggers: [...table.triggers.filter((t) => t.name !== trigger.name), trigger],
  }))
  return triggersOfPartitions(added, key, trigger, cloneTrigger)
}

/** A trigger as the text of a CREATE TRIGGER tells it: `pg_get_triggerdef`'s, for one. Throws where the text is something else. */
export function readTrigger(definition: string): Trigger {
  const [statement] = readScript(definition).statements
  const [tag, fields] = untag(statement?.node)
  if (!statement || tag !== 'CreateTrigStmt') throw new Error(`no CREATE TRIGGER: ${definition}`)
  return triggerOf(fields, statement)
}

function triggerOf(fields: PgNode, statement: Statement): Trigger {
  const path = strings(fields.funcname)
  const when = fields.whenClause && parenthesised(sourceOf(statement), 'WHEN', 0, fields.whenClause)
  return {
    name: fields.trigname,
    function: tableKey(path.at(-1) ?? '', path.at(-2)),
    updateOf: strings(fields.columns),
    ...(when !== undefined && { when }),
    ...(fields.row !== true && { perStatement: true as const }),
  }
}

/** CREATE POLICY. */
export const createPolicy: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.table)
  const policy: Policy = { name: fields.policy_name, ...conditions(fields, change) }
  if (catalog.tables.get(key)?.policies.some((p) => p.name === policy.name))
    return mark(catalog, key, change, `"${policy.name}" stands already`)
  return editTable(catalog, key, change, (table) => ({ ...table, policies: [...table.policies, policy] }))
}

/** ALTER POLICY: what it names is replaced, the rest stays. */
export const alterPolicy: Handler = (catalog, fields, change): Catalog => {
  const key: TableName = rangeKey(fields.table)
  if (!catalog.tables.get(key)?.policies.some((p) => p.name === fields.policy_name))
    return mark(catalog, key, change, `"${fields.policy_name}" is not known`)
  const given = conditions(fields, change)
  return editTable(catalog, key, change, (table) => ({
    ...table,
    policies: table.policies.map((p) => (p.name === fields.policy_name ? { ...p, ...given } : p)),
  }))
}

function conditions(fields: PgNode, change: Change): Pick<Policy, 'using' | 'check'> {
  const text = (word: string, node: PgNode | undefined): string | undefined =>
    node && parenthesised(sourceOf(change.statement), word, 0, node)
  const [using, check] = [text('USING', fields.qual), text('CHECK', fields.with_check)]
  return { ...(using !== undefined && { using }), ...(check !== undefined && { check }) }
}
