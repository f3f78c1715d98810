import type { Catalog, Table, TypeName } from '../catalog/catalog.ts'
import { elementType, userType } from '../type-name.ts'
import type { Change } from './change.ts'
import { type DropOptions, dropColumn } from './drop-column.ts'
import { editTables, mapSame, mark } from './edit.ts'
import { namesType } from './rename-type.ts'
import { removeType } from './types.ts'

/** DROP TYPE. By CASCADE columns of the type go, and defaults that are still cast from it. */
export function dropType(catalog: Catalog, path: readonly string[], change: Change, options: DropOptions): Catalog {
  const type = userType(path)
  const dropped = removeType(catalog, type)
  return options.cascade ? cascade(dropped, path, type, change, options) : doubtUsers(dropped, path, type, change)
}

function cascade(catalog: Catalog, path: readonly string[], type: TypeName, change: Change, options: DropOptions): Catalog {
  let current = catalog
  for (const [key, table] of catalog.tables) {
    for (const { name } of table.columns.filter((c) => elementType(c.type) === type))
      current = dropColumn(current, key, name, change, options)
    const text = conditions(table).find((expression) => namesType(expression, path))
    if (text !== undefined) current = mark(current, key, change, `DROP TYPE ${type} CASCADE may have taken a check or an index of it`)
  }
  return editTables(current, (table) => {
    const columns = mapSame(table.columns, (c) => {
      if (c.default === undefined || !namesType(c.default, path)) return c
      const { default: _, ...bare } = c
      return bare
    })
    return columns === table.columns ? table : { ...table, columns }
  })
}

/** Without CASCADE nothing can use the type: what seems to, is not known well enough. */
function doubtUsers(catalog: Catalog, path: readonly string[], type: TypeName, change: Change): Catalog {
  let current = catalog
  for (const [key, table] of catalog.tables) {
    const column = table.columns.find((c) => elementType(c.type) === type || (c.default !== undefined && namesType(c.default, path)))
    if (column) current = mark(current, key, change, `its column "${column.name}" uses the type ${type}, which is dropped`)
  }
  return current
}

function conditions(table: Table): string[] {
  return [...table.constraints.map((c) => c.expression), ...table.indexes.map((i) => i.where)].filter((text) => text !== undefined)
}
