import type { ForeignKey, Index, Table, TableName } from '@expand-contract/core'
import { splitTable } from './names.ts'

/** A primary key, a unique index or constraint, or an index, as far as Prisma tells them apart. */
export interface SeenIndex {
  readonly name: string
  readonly kind: 'id' | 'unique' | 'index'
  readonly columns: readonly string[]
  /** What stands behind each column in schema.prisma: `(sort: Desc)`. */
  readonly options: readonly string[]
  /** `Gin`; absent: a B-tree. */
  readonly type?: string
  /** The name is the one that Prisma gives by itself. */
  readonly isDefault: boolean
}

/** A foreign key as Prisma sees it. */
export interface SeenForeignKey extends Pick<ForeignKey, 'onDelete' | 'onUpdate'> {
  readonly name: string
  readonly table: TableName
  readonly columns: readonly string[]
  readonly to: TableName
  readonly toColumns: readonly string[]
  /** One of its columns may be NULL. */
  readonly optional: boolean
  readonly isDefault: boolean
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['hash', 'Hash'],
  ['gin', 'Gin'],
  ['gist', 'Gist'],
  ['spgist', 'SpGist'],
  ['brin', 'Brin'],
])

/** PostgreSQL's limit for names, in bytes: Prisma cuts longer ones in a way of its own. */
const LONGEST = 63

/** The indexes of a table that Prisma looks at: partial ones and those over expressions are none of its business. */
export function seenIndexes(key: TableName, table: Table): SeenIndex[] {
  return table.indexes
    .filter((i) => i.where === undefined && i.keys.every((k) => k.column !== undefined))
    .map((i) => seenIndex(key, table, i))
}

function seenIndex(key: TableName, table: Table, index: Index): SeenIndex {
  const columns = index.keys.map((k) => k.column as string)
  const isPrimary = table.constraints.some((c) => c.kind === 'primary' && c.name === (index.constraint ?? ''))
  const kind = isPrimary ? 'id' : index.unique ? 'unique' : 'index'
  const type = METHODS.get(index.method)
  const suffix = { id: 'pkey', unique: 'key', index: 'idx' }[kind]
  const isDefault = isUsual(index.name, [splitTable(key).name, ...(kind === 'id' ? [] : columns), suffix])
  return { name: index.name, kind, columns, options: index.keys.map((k) => optionsOf(k.options)), isDefault, ...(type && { type }) }
}

/** `DESC NULLS LAST` is `(sort: Desc)`, an operator class `(ops: …)`. */
function optionsOf(sql: string): string {
  const words = sql
    .replace(/\bNULLS\s+(FIRST|LAST)\b/i, '')
    .split(/\s+/)
    .filter(Boolean)
  const parts: string[] = []
  for (const [i, word] of words.entries()) {
    if (/^collate$/i.test(words[i - 1] ?? '') || /^(asc|collate)$/i.test(word)) continue
    if (/^desc$/i.test(word)) parts.push('sort: Desc')
    else parts.unshift(`ops: ${operatorClass(word)}`)
  }
  return parts.length > 0 ? `(${parts.join(', ')})` : ''
}

function operatorClass(written: string): string {
  const name = written.replaceAll('"', '').split('.').at(-1) ?? ''
  // Prisma knows those of PostgreSQL itself; an extension's are passed on as they are.
  if (/trgm|^vector_|^halfvec_|^hash_|^gist_/.test(name)) return `raw(${JSON.stringify(name)})`
  return name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** The foreign keys of a table. */
export function seenForeignKeys(key: TableName, table: Table): SeenForeignKey[] {
  return table.constraints.flatMap(({ kind, name, columns, references }) => {
    if (kind !== 'foreign' || !references) return []
    const { table: to, columns: toColumns, onDelete, onUpdate } = references
    const isDefault = isUsual(name, [splitTable(key).name, ...columns, 'fkey'])
    const optional = table.columns.some((c) => columns.includes(c.name) && !c.notNull)
    return [{ name, table: key, columns, to, toColumns, optional, onDelete, onUpdate, isDefault }]
  })
}

function isUsual(name: string, parts: readonly string[]): boolean {
  const usual = parts.join('_')
  return Buffer.byteLength(usual) < LONGEST && name === usual
}

/** What is only before, only after, and what is the same but for its name. */
export interface Changes<T> {
  readonly gone: readonly T[]
  readonly come: readonly T[]
  readonly renamed: readonly { readonly from: T; readonly to: T }[]
}

/** Compares two lists; `what` says all of an item but its name. */
export function changesOf<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
  what: (item: T) => string,
): Changes<T> {
  const isIn = (list: readonly T[]) => (item: T) => list.some((other) => other.name === item.name && what(other) === what(item))
  const gone = before.filter((item) => !isIn(after)(item))
  const come = after.filter((item) => !isIn(before)(item))
  const renamed = gone.flatMap((from) => {
    const to = come.find((item) => what(item) === what(from))
    return to ? [{ from, to }] : []
  })
  return {
    gone: gone.filter((item) => !renamed.some((r) => r.from === item)),
    come: come.filter((item) => !renamed.some((r) => r.to === item)),
    renamed,
  }
}
