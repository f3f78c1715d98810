import type { Catalog, Policy, TableName, Trigger } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { readScript } from '../sql/read.ts'
import { rangeKey, strings, tableKey } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { calledLater } from './calls.ts'
import type { Change, Handler } from './change.ts'
import { editTable, mark, markEverything } from './edit.ts'
import { cloneTrigger, triggersOfPartitions } from './partition.ts'
import { routineKey } from './routine.ts'
import { parenthesised, sourceOf } from './slice.ts'

/** CREATE TRIGGER. Those of views are not held. */
export const createTrigger: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  const trigger = triggerOf(fields, change.statement)
  if (catalog.views.has(key)) return calledLater(catalog, trigger.function, change)
  const stands = catalog.tables.get(key)?.triggers.some((t) => t.name === trigger.name) === true
  if (stands && fields.replace !== true) return mark(catalog, key, change, `"${trigger.name}" stands already`)
  const added = editTable(catalog, key, change, (table) => ({
    ...table,
    triggers: [...table.triggers.filter((t) => t.name !== trigger.name), trigger],
  }))
  return calledLater(triggersOfPartitions(added, key, trigger, cloneTrigger), trigger.function, change)
}

/** CREATE EVENT TRIGGER: its function is called by every statement that changes a schema. */
export const createEventTrigger: Handler = (catalog, fields, change) => {
  const key = routineKey(strings(fields.funcname))
  return catalog.routines?.has(key)
    ? calledLater(catalog, key, change)
    : markEverything(catalog, change, `it makes a trigger call ${key}, which may change any table`)
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
