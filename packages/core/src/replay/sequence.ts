import type { Catalog, Column, Sequence, Table, TableName } from '../catalog/catalog.ts'
import { parseExpression } from '../expression.ts'
import { type PgNode, scan } from '../parser.ts'
import { printedName } from '../printed-name.ts'
import { rangeKey, splitKey, strings, tableKey } from '../relation.ts'
import { typeName } from '../type-name.ts'
import type { Change, Handler } from './change.ts'
import { editTables, mapSame, mapValues, mark, rekeyed, without, withEntry } from './edit.ts'

const TYPES: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint'])

/** What PostgreSQL prints for a default that takes from a sequence. */
export function sequenceDefault(schema: string, sequence: string): string {
  return `nextval('${`${printedName(schema)}.${printedName(sequence)}`.replaceAll("'", "''")}'::regclass)`
}

/** CREATE SEQUENCE. */
export const createSequence: Handler = (catalog, fields) => {
  const key = rangeKey(fields.sequence)
  if (catalog.sequences.has(key) || fields.sequence.relpersistence === 't') return catalog
  return { ...catalog, sequences: withEntry(catalog.sequences, key, withOptions({ type: 'bigint' }, fields.options)) }
}

/** ALTER SEQUENCE: its type and its owner. */
export const alterSequence: Handler = (catalog, fields) => {
  const key = rangeKey(fields.sequence)
  const sequence = catalog.sequences.get(key)
  return sequence ? { ...catalog, sequences: withEntry(catalog.sequences, key, withOptions(sequence, fields.options)) } : catalog
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
  const sequence: Sequence = { type, ownedBy: { table: key, column: column.name }, ...(column.identity && { identity: true }) }
  return { ...catalog, sequences: withEntry(catalog.sequences, tableKey(name, schema), sequence) }
}

/** Sequences fall with the table, or the column, that owns them. */
export function dropOwnedSequences(catalog: Catalog, table: TableName, column?: string): Catalog {
  const owned = ownedSequences(catalog, table, column)
  return owned.length > 0 ? { ...catalog, sequences: without(catalog.sequences, ...owned) } : catalog
}

/** Keys of the sequences that a table, or one of its columns, owns. */
export function ownedSequences(catalog: Catalog, table: TableName, column?: string): TableName[] {
  return [...catalog.sequences]
    .filter(([, { ownedBy }]) => ownedBy?.table === table && (column === undefined || ownedBy.column === column))
    .map(([key]) => key)
}

/** The sequence of an identity column: DROP IDENTITY drops it, a change of the column's type changes it. */
export function identitySequence(catalog: Catalog, table: TableName, column: string): TableName | undefined {
  return ownedSequences(catalog, table, column).find((key) => catalog.sequences.get(key)?.identity)
}

/** Owners follow the new name of a table or column. */
export function moveOwners(catalog: Catalog, from: TableName, to: TableName, rename?: { from: string; to: string }): Catalog {
  const sequences = mapValues(catalog.sequences, (sequence) => {
    const { ownedBy } = sequence
    if (ownedBy?.table !== from || (rename && ownedBy.column !== rename.from)) return sequence
    return { ...sequence, ownedBy: { table: to, column: rename?.to ?? ownedBy.column } }
  })
  return sequences === catalog.sequences ? catalog : { ...catalog, sequences }
}

/** A sequence under another name or schema: a default keeps its sequence by its identity, so its text follows. */
export function moveSequence(catalog: Catalog, key: TableName, schema: string, name: string): Catalog {
  const moved: Catalog = { ...catalog, sequences: rekeyed(catalog.sequences, key, tableKey(name, schema)) }
  return editTables(moved, (table) => {
    const columns = mapSame(table.columns, (c) => (sequenceOf(c.default) === key ? { ...c, default: sequenceDefault(schema, name) } : c))
    return columns === table.columns ? table : { ...table, columns }
  })
}

/** True where some column's default takes from the sequence, or it stands by itself. */
export function usesSequence(catalog: Catalog, key: TableName): boolean {
  return catalog.sequences.has(key)
}

/** DROP SEQUENCE. By CASCADE the defaults that take from it go too. */
export function dropSequence(catalog: Catalog, key: TableName, change: Change, cascade: boolean): Catalog {
  const dropped: Catalog = { ...catalog, sequences: without(catalog.sequences, key) }
  const users: TableName[] = []
  const cut = editTables(dropped, (table: Table, on) => {
    const columns = mapSame(table.columns, (c) => {
      if (sequenceOf(c.default) !== key) return c
      users.push(on)
      const { default: _, ...bare } = c
      return bare
    })
    return columns === table.columns ? table : { ...table, columns }
  })
  if (cascade) return cut
  return users.reduce((current, on) => mark(current, on, change, 'a default of it takes from the sequence that is dropped here'), cut)
}

/** The sequence of a default that is `nextval('…')`, cast to regclass or not. */
function sequenceOf(expression: string | undefined): TableName | undefined {
  if (!expression?.startsWith('nextval(')) return undefined
  const call = parseExpression(expression).FuncCall as PgNode | undefined
  const [argument] = (call?.args ?? []) as PgNode[]
  const constant = argument?.TypeCast && strings(argument.TypeCast.typeName.names).at(-1) === 'regclass' ? argument.TypeCast.arg : argument
  const text = constant?.A_Const?.sval?.sval as string | undefined
  return text === undefined ? undefined : keyOfText(text)
}

/** The relation that a text names, as the cast to regclass reads it. */
function keyOfText(text: string): TableName | undefined {
  const names = scan(text).filter((t) => t.text !== '.')
  const parts = names.map(({ text: part }) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase()))
  return parts.length === 1 || parts.length === 2 ? tableKey(parts.at(-1) ?? '', parts.at(-2)) : undefined
}
