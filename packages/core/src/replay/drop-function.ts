import type { Catalog, Table } from '../catalog/catalog.ts'
import { displayTable, tableKey } from '../relation.ts'
import type { Change } from './change.ts'
import type { DropOptions } from './drop-column.ts'
import { mark, without } from './edit.ts'

/** DROP FUNCTION. By CASCADE triggers go too, and defaults and checks that call it: which, the catalog does not hold. */
export function dropFunction(catalog: Catalog, path: readonly string[], change: Change, options: DropOptions): Catalog {
  const name = path.at(-1) ?? ''
  const key = tableKey(name, path.at(-2))
  const dropped: Catalog = {
    ...catalog,
    functions: without(catalog.functions, key),
    ...(catalog.routines && { routines: without(catalog.routines, key) }),
  }
  const uses = (t: Table): boolean => t.triggers.length > 0 || t.policies.length > 0 || expressions(t).some((text) => text.includes(name))
  return options.cascade
    ? markWhere(dropped, uses, change, `DROP FUNCTION ${displayTable(key)} CASCADE may have taken a part of it`)
    : dropped
}

function expressions(table: Table): string[] {
  return [
    ...table.columns.flatMap((c) => [c.default, c.generated?.expression]),
    ...table.constraints.map((c) => c.expression),
    ...table.indexes.flatMap((i) => [i.where, ...i.keys.map((k) => k.expression)]),
  ].filter((text) => text !== undefined)
}

function markWhere(catalog: Catalog, uses: (table: Table) => boolean, change: Change, reason: string): Catalog {
  return [...catalog.tables].reduce((current, [key, table]) => (uses(table) ? mark(current, key, change, reason) : current), catalog)
}
