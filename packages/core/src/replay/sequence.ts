import type { Catalog, Column, Sequence, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { printedName } from '../sql/printed-name.ts'
import { displayTable, rangeKey, splitKey, strings, tableKey } from '../sql/relation.ts'
import { typeName } from '../sql/type-name.ts'
import type { Handler } from './change.ts'
import { markEverything } from './edit.ts'
import { hasRelation } from './object-name.ts'
import { ownedBy, putSequence, withoutSequences } from './owned.ts'

const TYPES: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint'])

/** What PostgreSQL prints for a default that takes from a sequence. */
export function sequenceDefault(schema: string, sequence: string): string {
  return `nextval('${`${printedName(schema)}.${printedName(sequence)}`.replaceAll("'", "''")}'::regclass)`
}

/** CREATE SEQUENCE. A temporary one ends with the session. */
export const createSequence: Handler = (catalog, fields) => {
  const key = rangeKey(fields.sequence)
  if (hasRelation(catalog, ...splitKey(key)) || fields.sequence.relpersistence === 't') return catalog
  return putSequence(catalog, key, withOptions({ type: 'bigint' }, fields.options))
}

/** ALTER SEQUENCE: its type and its owner. */
export const alterSequence: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.sequence)
  const sequence = catalog.sequences.get(key)
  if (sequence) return putSequence(catalog, key, withOptions(sequence, fields.options))
  return fields.missing_ok ? catalog : markEverything(catalog, change, `the sequence ${displayTable(key)} is not known`)
}

function withOptions(sequence: Sequence, options: readonly PgNode[] | undefined): Sequence {
  let current = sequence
  for (const { DefElem: option } of options ?? []) {
    if (option.defname === 'as') {
      const type = typeName(option.arg.TypeName)
      if (TYPES.has(type)) current = { ...current, type: type as Sequence['type'] }
    }
    if (option.defname !== 'owned_by') continue
    const path = strings(option.arg?.List?.items)
    const { ownedBy: _, ...free } = current
    current = path.length < 2 ? free : { ...free, ownedBy: { table: tableKey(path.at(-2) ?? '', path.at(-3)), column: path.at(-1) ?? '' } }
  }
  return current
}

/** The sequence behind a serial or identity column, with its name. */
export function ownSequence(catalog: Catalog, key: TableName, name: string, column: Column): Catalog {
  const [schema] = splitKey(key)
  const type = TYPES.has(column.type) ? (column.type as Sequence['type']) : 'bigint'
  return putSequence(catalog, tableKey(name, schema), {
    type,
    ownedBy: { table: key, column: column.name },
    ...(column.identity && { identity: true }),
  })
}

/** Drops the sequences that a table, or one of its columns, owns. */
export function dropOwnedSequences(catalog: Catalog, table: TableName, column?: string): Catalog {
  return withoutSequences(catalog, ownedSequences(catalog, table, column))
}

/** Keys of the sequences that a table, or one of its columns, owns. */
export function ownedSequences(catalog: Catalog, table: TableName, column?: string): TableName[] {
  const all = ownedBy(catalog.sequences, table)
  return column === undefined ? [...all] : all.filter((key) => catalog.sequences.get(key)?.ownedBy?.column === column)
}

/** The sequence of an identity column: DROP IDENTITY drops it, a change of the column's type changes it. */
export function identitySequence(catalog: Catalog, table: TableName, column: string): TableName | undefined {
  return ownedSequences(catalog, table, column).find((key) => catalog.sequences.get(key)?.identity)
}

/** Sequences stay with a column that gets another name. */
export function renameOwner(catalog: Catalog, table: TableName, from: string, to: string): Catalog {
  return ownedSequences(catalog, table, from).reduce((current, key) => {
    const sequence = current.sequences.get(key)
    return sequence ? putSequence(current, key, { ...sequence, ownedBy: { table, column: to } }) : current
  }, catalog)
}
