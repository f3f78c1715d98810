import type { Catalog, TableName } from '../catalog/catalog.ts'
import { displayTable } from '../sql/relation.ts'
import type { Change } from './change.ts'
import { markEverything } from './edit.ts'
import { dropDependents } from './fall.ts'
import { withoutSequences } from './owned.ts'

/** DROP SEQUENCE. By CASCADE the defaults that take from them go too. */
export function dropSequences(catalog: Catalog, keys: readonly TableName[], missingOk: boolean, change: Change, cascade: boolean): Catalog {
  const unknown = missingOk ? undefined : keys.find((key) => !catalog.sequences.has(key))
  const known = unknown === undefined ? catalog : markEverything(catalog, change, `the sequence ${displayTable(unknown)} is not known`)
  const found = keys.filter((key) => catalog.sequences.has(key))
  return found.length === 0 ? known : dropDependents(withoutSequences(known, found), { relations: new Set(found) }, change, cascade)
}
