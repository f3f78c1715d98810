import type { Catalog, TableName } from '../catalog/catalog.ts'
import type { Change } from './change.ts'
import { type DropOptions, dropForeignKeys } from './drop-column.ts'
import { mark, putTable } from './edit.ts'
import { columnOfNotNull, dropNotNull } from './not-null.ts'

/** DROP CONSTRAINT, with the index that it owns and, by CASCADE, the foreign keys that rest on it. */
export function dropConstraint(catalog: Catalog, key: TableName, name: string, change: Change, options: DropOptions): Catalog {
  const table = catalog.tables.get(key)
  const constraint = table?.constraints.find((c) => c.name === name)
  const required = constraint ? undefined : columnOfNotNull(catalog, key, name)
  if (required) return dropNotNull(catalog, key, required.name)
  if (!table || !constraint) return options.missingOk ? catalog : mark(catalog, key, change, `the constraint "${name}" is not known`)
  const dropped = putTable(catalog, key, {
    ...table,
    constraints: table.constraints.filter((c) => c !== constraint),
    indexes: table.indexes.filter((i) => i.constraint !== name),
  })
  if (!options.cascade || (constraint.kind !== 'primary' && constraint.kind !== 'unique')) return dropped
  const columns = constraint.columns.toSorted().join('\0')
  return dropForeignKeys(
    dropped,
    [key],
    (c) => c.references?.table === key && c.references.columns.toSorted().join('\0') === columns,
    change,
    true,
  )
}
