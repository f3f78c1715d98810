import type { TableName } from './catalog/catalog.ts'
import type { Migration } from './migration.ts'
import { isNewTable } from './sql/relation.ts'
import { actionsOn, intentFor } from './target.ts'

/** Columns that the migration adds to a table, in source order. */
export function addedColumns(migration: Migration, table: TableName): string[] {
  return actionsOn(migration, 'AT_AddColumn', table).map(({ action }) => action.name)
}

/** Columns of a live table that the migration drops and does not add again, in source order. */
export function droppedColumns(migration: Migration, table: TableName): string[] {
  if (isNewTable(migration, table)) return []
  const added = addedColumns(migration, table)
  return actionsOn(migration, 'AT_DropColumn', table)
    .map(({ action }) => action.name)
    .filter((name) => !added.includes(name))
}

/** New names of columns that a person calls renamed (or mapped). */
export function renameTargets(migration: Migration, table: TableName): string[] {
  return droppedColumns(migration, table).flatMap((name) => {
    const intent = intentFor(migration, 'rename', table, name) ?? intentFor(migration, 'map', table, name)
    return intent ? [intent.to] : []
  })
}

/** Added columns that no answer has taken yet: each may be what a dropped column has become. */
export function renameCandidates(migration: Migration, table: TableName): string[] {
  const taken = renameTargets(migration, table)
  return addedColumns(migration, table).filter((name) => !taken.includes(name) && !droppedColumns(migration, table).includes(name))
}

/** Dropped columns of which nobody has said yet whether they are renamed or gone, while there is something they may have become. */
export function openRenames(migration: Migration, table: TableName): string[] {
  if (renameCandidates(migration, table).length === 0) return []
  return droppedColumns(migration, table).filter(
    (name) => !(['rename', 'map', 'move', 'drop', 'unused'] as const).some((kind) => intentFor(migration, kind, table, name)),
  )
}
