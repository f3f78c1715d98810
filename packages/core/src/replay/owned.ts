import type { Catalog, Sequence, TableName } from '../catalog/catalog.ts'
import { LayeredMap } from '../catalog/layered-map.ts'
import { withEntry, without } from './edit.ts'

type Sequences = Catalog['sequences']
type Owned = LayeredMap<TableName, readonly TableName[]>

const NONE: Owned = LayeredMap.over(new Map())

/** The sequences that each table owns, so that finding them does not mean looking at every sequence. */
const known = new WeakMap<Sequences, Owned>()

/** Keys of the sequences that a table owns. */
export function ownedBy(sequences: Sequences, table: TableName): readonly TableName[] {
  return ownedOf(sequences).get(table) ?? []
}

/** The catalog with one sequence put in or replaced. */
export function putSequence(catalog: Catalog, key: TableName, sequence: Sequence): Catalog {
  const sequences = withEntry(catalog.sequences, key, sequence)
  known.set(sequences, changed(ownedOf(catalog.sequences), key, catalog.sequences.get(key), sequence))
  return { ...catalog, sequences }
}

/** The catalog without some sequences. */
export function withoutSequences(catalog: Catalog, keys: readonly TableName[]): Catalog {
  const found = keys.filter((key) => catalog.sequences.has(key))
  if (found.length === 0) return catalog
  const sequences = without(catalog.sequences, ...found)
  const owned = found.reduce((current, key) => changed(current, key, catalog.sequences.get(key), undefined), ownedOf(catalog.sequences))
  known.set(sequences, owned)
  return { ...catalog, sequences }
}

function ownedOf(sequences: Sequences): Owned {
  let owned = known.get(sequences)
  if (!owned) {
    owned = NONE
    for (const [key, sequence] of sequences) owned = changed(owned, key, undefined, sequence)
    known.set(sequences, owned)
  }
  return owned
}

function changed(owned: Owned, key: TableName, old: Sequence | undefined, next: Sequence | undefined): Owned {
  const [from, to] = [old?.ownedBy?.table, next?.ownedBy?.table]
  if (from === to) return owned
  let current = owned
  if (from !== undefined)
    current = current.with(
      from,
      (current.get(from) ?? []).filter((k) => k !== key),
    )
  if (to !== undefined) current = current.with(to, [...(current.get(to) ?? []), key])
  return current
}
