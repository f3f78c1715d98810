import { type Catalog, type Constraint, column, type TableName } from '../catalog/catalog.ts'
import type { Change } from './change.ts'
import { namesColumn } from './columns-in.ts'
import { columnsNamedIn, indexNames } from './columns-named.ts'
import { mark, putTable } from './edit.ts'
import { dropDependents } from './fall.ts'
import { referrers } from './names.ts'
import { dropOwnedSequences, ownedSequences } from './sequence.ts'
import { dropReaders } from './view.ts'

export interface DropOptions {
  readonly missingOk: boolean
  readonly cascade: boolean
}

/** DROP COLUMN: the table's own indexes and constraints over the column go with it; what others have on it only by CASCADE. */
export function dropColumn(catalog: Catalog, key: TableName, name: string, change: Change, options: DropOptions): Catalog {
  const table = catalog.tables.get(key)
  if (!column(table, name) || !table) return options.missingOk ? catalog : mark(catalog, key, change, `the column "${name}" is not known`)
  const computed = table.columns.filter((c) => columnsNamedIn(c.generated?.expression, table).includes(name))
  const alone = computed.reduce((current, c) => dropColumn(current, key, c.name, change, options), catalog)
  const rest = alone.tables.get(key) ?? table
  const constraints = rest.constraints.filter((c) => !c.columns.includes(name))
  const gone = rest.constraints.filter((c) => c.columns.includes(name)).map((c) => c.name)
  const indexes = rest.indexes.filter((i) => !gone.includes(i.constraint ?? '') && !indexNames(i, name, table))
  // A constraint may stand on an index that INCLUDEs the column.
  const owned = rest.indexes.filter((i) => !indexes.includes(i)).map((i) => i.constraint)
  const dropped = putTable(alone, key, {
    ...rest,
    columns: rest.columns.filter((c) => c.name !== name),
    constraints: constraints.filter((c) => !owned.includes(c.name)),
    indexes,
  })
  const sequences = options.cascade ? ownedSequences(dropped, key, name) : []
  const left = dropOwnedSequences(dropped, key, name)
  const free = sequences.length > 0 ? dropDependents(left, { relations: new Set(sequences) }, change, true) : left
  const pointsAt = (c: Constraint): boolean => c.references?.table === key && c.references.columns.includes(name)
  const cut = dropForeignKeys(free, [key], pointsAt, change, options.cascade)
  const unread = dropReaders(cut, (on, columns) => on === key && (columns === undefined || columns.includes(name)), change, options.cascade)
  return options.cascade ? withoutUsers(unread, key, name, catalog) : unread
}

/** Drops those foreign keys to tables that point at something which goes. Without CASCADE PostgreSQL would have refused: then the picture is wrong. */
export function dropForeignKeys(
  catalog: Catalog,
  to: readonly TableName[],
  pointsAt: (c: Constraint) => boolean,
  change: Change,
  cascade: boolean,
): Catalog {
  const wrong: TableName[] = []
  let cut = catalog
  for (const key of new Set(to.flatMap((target) => referrers(catalog.tables, target)))) {
    const table = catalog.tables.get(key)
    const constraints = table?.constraints.filter((c) => !pointsAt(c)) ?? []
    if (!table || constraints.length === table.constraints.length) continue
    if (!cascade) wrong.push(key)
    cut = putTable(cut, key, { ...table, constraints })
  }
  return wrong.reduce((current, key) => mark(current, key, change, 'a foreign key of it points at what is dropped here'), cut)
}

/** Triggers that fire on the column or look at it, and policies that name it, of other tables too, go by CASCADE. */
function withoutUsers(catalog: Catalog, key: TableName, name: string, before: Catalog): Catalog {
  const of = { table: key, name }
  const names = (on: TableName, text: string | undefined): boolean => text !== undefined && namesColumn(before, text, on, of)
  let current = catalog
  for (const [on, table] of catalog.tables) {
    if (table.policies.length === 0 && (on !== key || table.triggers.length === 0)) continue
    const triggers = on === key ? table.triggers.filter((t) => !t.updateOf.includes(name) && !names(on, t.when)) : table.triggers
    const policies = table.policies.filter((p) => !names(on, p.using) && !names(on, p.check))
    if (triggers.length !== table.triggers.length || policies.length !== table.policies.length)
      current = putTable(current, on, { ...table, triggers, policies })
  }
  return current
}
