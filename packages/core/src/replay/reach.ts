import type { Catalog, RoutineName, TableName } from '../catalog/catalog.ts'
import { bodyItems, readBody } from '../plpgsql/plpgsql.ts'
import { untag } from '../sql/parser.ts'
import { rangeKey } from '../sql/relation.ts'
import { changerIn } from './calls.ts'
import { isRows } from './changes-schema.ts'

/** Tables that a call of the routine may change in their form; undefined where it may be any. */
export function reachOf(
  catalog: Catalog,
  name: RoutineName,
  seen: ReadonlySet<RoutineName> = new Set(),
): ReadonlySet<TableName> | undefined {
  const reach = new Set<TableName>()
  if (seen.has(name)) return reach
  for (const { made } of catalog.routines?.get(name) ?? []) {
    const body = made && readBody(made)
    if (!body || 'opaque' in body) return undefined
    const { statements, opaque, doubts } = bodyItems([{ kind: 'block', block: body }])
    if (opaque.length > 0) return undefined
    for (const key of doubts) reach.add(key)
    for (const { node } of statements) {
      const changer = changerIn(catalog, node)
      const inside = changer === undefined ? new Set<TableName>() : reachOf(catalog, changer, new Set([...seen, name]))
      if (!inside) return undefined
      for (const key of inside) reach.add(key)
      if (isRows(node)) continue
      const [tag, fields] = untag(node)
      if (tag !== 'AlterTableStmt' && tag !== 'IndexStmt' && tag !== 'CreateTrigStmt') return undefined
      reach.add(rangeKey(fields.relation))
    }
  }
  return reach
}
