import type { Catalog } from '../catalog/catalog.ts'
import { splitKey, tableKey } from '../relation.ts'
import type { Change } from './change.ts'
import { markEverything, rekeyed } from './edit.ts'
import { rekeyTable, rekeyView } from './rekey.ts'
import { moveType } from './rename-type.ts'
import { moveSequence } from './sequence.ts'
import { typesOfSchema } from './types.ts'

/** ALTER SCHEMA … RENAME TO: everything in it is kept by its identity and follows. */
export function renameSchema(catalog: Catalog, from: string, to: string, change: Change): Catalog {
  if (!catalog.schemas.has(from)) return markEverything(catalog, change, `the schema "${from}" is not known`)
  const inside = (key: string): boolean => splitKey(key)[0] === from
  const names = (keys: Iterable<string>): string[] => [...keys].filter(inside).map((key) => splitKey(key)[1])
  const key = (name: string, schema: string): string => tableKey(name, schema)
  let current = catalog
  for (const name of names(catalog.tables.keys())) current = rekeyTable(current, key(name, from), to, name)
  for (const name of names(catalog.views.keys())) current = rekeyView(current, key(name, from), key(name, to))
  for (const name of names(catalog.sequences.keys())) current = moveSequence(current, key(name, from), to, name)
  for (const name of typesOfSchema(catalog, from)) current = moveType(current, [from, name], [to, name], change)
  for (const name of names(catalog.functions.keys())) {
    current = { ...current, functions: rekeyed(current.functions, key(name, from), key(name, to)) }
    if (current.routines) current = { ...current, routines: rekeyed(current.routines, key(name, from), key(name, to)) }
  }
  const schemas = new Set(catalog.schemas)
  schemas.delete(from)
  return { ...current, schemas: schemas.add(to) }
}
