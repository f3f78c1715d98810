import { column as columnIn, type TableName } from '@expand-contract/core'
import { changesOf, type SeenForeignKey, seenForeignKeys } from './keys.ts'
import { changeRelation, findRelation, type NewField, relationFields, removeRelation, unignoreRelation } from './relations.ts'
import type { Work } from './restage.ts'
import type { Splice } from './splice.ts'

/** Relations: new fields by the model that they belong to, and edits. */
export function foreignKeyEdits(work: Work): {
  readonly fields: ReadonlyMap<TableName, readonly NewField[]>
  readonly splices: readonly Splice[]
} {
  const { is, wanted, shows, names } = work
  const fields = new Map<TableName, NewField[]>()
  const add = (table: TableName, field: NewField): void => void fields.set(table, [...(fields.get(table) ?? []), field])
  const changes = changesOf(allKeys(is, work), allKeys(wanted, work), what)
  const pairs = [
    ...changes.renamed,
    // Over the same columns to the same table: the relation that is there changes.
    ...changes.gone.flatMap((from) => changes.come.filter((key) => ends(key) === ends(from)).map((to) => ({ from, to }))),
  ]
  for (const key of changes.come.filter((k) => !pairs.some(({ to }) => to === k))) {
    const { own, back } = relationFields(key, names)
    add(key.table, own)
    add(key.to, back)
  }
  const splices: Splice[] = []
  for (const key of changes.gone.filter((k) => !pairs.some(({ from }) => from === k))) {
    const found = findRelation(key, names)
    if (found) splices.push(...removeRelation(found))
  }
  for (const { from, to } of pairs) {
    const found = findRelation(from, names)
    if (found) splices.push(...changeRelation(found, from, to))
  }
  if (shows) {
    for (const key of allKeys(wanted, work)) {
      const isBack = key.columns.some((c) => !columnIn(shows.tables.get(key.table), c)) || !shows.tables.has(key.to)
      const found = isBack ? findRelation(key, names) : undefined
      if (found) splices.push(...unignoreRelation(found))
    }
  }
  return { fields, splices }
}

function allKeys({ tables }: Work['is'], { is, wanted, names }: Work): SeenForeignKey[] {
  // A table that the schema does not have, and that neither comes nor goes, is none of Prisma's.
  const isOurs = (table: TableName): boolean => names.models.has(table) || is.tables.has(table) !== wanted.tables.has(table)
  return [...tables].flatMap(([key, table]) => seenForeignKeys(key, table).filter((k) => isOurs(k.table) && isOurs(k.to)))
}

/** All of a key but its name. */
function what(key: SeenForeignKey): string {
  return JSON.stringify([ends(key), key.optional, key.onDelete, key.onUpdate])
}

function ends({ table, columns, to, toColumns }: SeenForeignKey): string {
  return JSON.stringify([table, columns, to, toColumns])
}
