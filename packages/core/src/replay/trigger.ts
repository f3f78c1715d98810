import type { Catalog, TableName } from '../catalog/catalog.ts'
import { rangeKey } from '../relation.ts'
import type { Change, Handler } from './change.ts'
import { editTable, mark } from './edit.ts'

/** CREATE TRIGGER. */
export const createTrigger: Handler = (catalog, fields, change) =>
  addName(catalog, rangeKey(fields.relation), 'triggers', fields.trigname, fields.replace === true, change)

/** CREATE POLICY. */
export const createPolicy: Handler = (catalog, fields, change) =>
  addName(catalog, rangeKey(fields.table), 'policies', fields.policy_name, false, change)

function addName(catalog: Catalog, key: TableName, list: 'triggers' | 'policies', name: string, replace: boolean, change: Change): Catalog {
  if (catalog.views.has(key)) return catalog
  if (catalog.tables.get(key)?.[list].some((o) => o.name === name)) return replace ? catalog : mark(catalog, key, change, `"${name}" stands already`)
  return editTable(catalog, key, change, (table) => ({ ...table, [list]: [...table[list], list === 'triggers' ? { name, function: '', updateOf: [] } : { name }] }))
}
