import type { Catalog, Column } from '@expand-contract/core'
import { bareType, elementType } from '@expand-contract/core'
import { argumentsOf, type Entry } from '../psl.ts'
import { addToField } from './attributes.ts'
import { fieldDefault } from './field-default.ts'
import { type FieldType, fieldType } from './field-type.ts'
import type { Names } from './names.ts'
import { type Placed, removeInline, type Splice } from './splice.ts'

/** A column as schema.prisma says it. */
export interface SeenColumn {
  readonly type: FieldType
  readonly optional: boolean
  readonly default?: string
}

/** What Prisma sees of a column. */
export function seenColumn(column: Column, catalog: Catalog, names: Names): SeenColumn {
  const type = fieldType(column.type, catalog, (t) => names.enum(t))
  const enumType = bareType(elementType(catalog.domains.get(elementType(column.type))?.base ?? column.type))
  const labels = catalog.enums.get(enumType) ?? []
  const value = fieldDefault(column, type, (label) => (labels.includes(label) ? names.value(enumType, label) : undefined))
  return { type, optional: !column.notNull && !type.list, ...(value !== undefined && { default: value }) }
}

/** `String? @unique @map("full name") @default("x") @db.VarChar(40)`: what stands behind the name of a field. */
export function fieldText(
  column: string,
  { type, optional, default: value }: SeenColumn,
  name: string,
  keys: readonly string[] = [],
): string {
  return [
    written(type, optional),
    ...keys,
    ...(name === column ? [] : [`@map(${JSON.stringify(column)})`]),
    ...(value === undefined ? [] : [`@default(${value})`]),
    ...(type.native ? [type.native] : []),
  ].join(' ')
}

function written({ base, list }: FieldType, optional: boolean): string {
  return `${base}${list ? '[]' : optional ? '?' : ''}`
}

/** The edits that make a field say another column: its type, `?`, default. */
export function changeField(placed: Placed, entry: Entry, from: SeenColumn, to: SeenColumn): Splice[] {
  return [...changeType(placed, entry, from, to), ...changeDefault(placed, entry, from, to)]
}

function changeType(placed: Placed, entry: Entry, from: SeenColumn, to: SeenColumn): Splice[] {
  const native = entry.attributes.find((a) => a.name.startsWith('db.'))
  const wanted = to.type.native
  if (from.type.native === wanted) return changeName(placed, entry, from, to)
  const { file } = placed
  const change = wanted
    ? native
      ? { file, start: native.start, end: native.end, text: wanted }
      : addToField(placed, entry, wanted)
    : native && removeInline(placed, native)
  return [...changeName(placed, entry, from, to), ...(change ? [change] : [])]
}

function changeName({ file }: Placed, { type }: Entry, from: SeenColumn, to: SeenColumn): Splice[] {
  if (!type) return []
  const { start, end, written: before } = type
  if (from.type.base !== to.type.base || from.type.list !== to.type.list) return [{ file, start, end, text: written(to.type, to.optional) }]
  // What is called otherwise here, such as an unsupported type, keeps its name.
  if (to.optional && !before.endsWith('?')) return [{ file, start: end, end, text: '?' }]
  return !to.optional && before.endsWith('?') && from.optional ? [{ file, start: end - 1, end, text: '' }] : []
}

function changeDefault(placed: Placed, entry: Entry, from: SeenColumn, to: SeenColumn): Splice[] {
  if (from.default === to.default) return []
  const { file, source } = placed
  const attribute = entry.attributes.find((a) => a.name === 'default')
  if (!attribute) return to.default === undefined ? [] : [addToField(placed, entry, `@default(${to.default})`)]
  // A default that only Prisma's client knows is not the column's.
  if (to.default === undefined && isClientOnly(source.slice(attribute.start, attribute.end))) return []
  if (to.default === undefined) return [removeInline(placed, attribute)]
  const value = argumentsOf(source, attribute).find((a) => a.name === undefined)
  return value ? [{ file, start: value.valueStart, end: value.end, text: to.default }] : []
}

function isClientOnly(written: string): boolean {
  return /\b(uuid|cuid|ulid|nanoid|auto)\(/.test(written)
}
