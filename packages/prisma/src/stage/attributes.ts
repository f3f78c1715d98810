import { type Attribute, argumentsOf, type Entry, listed } from '../psl.ts'
import type { SeenIndex } from './keys.ts'
import { type Placed, removeInline, removeLines, type Splice } from './splice.ts'

/** Where a key or index stands in a model: at a field, or in a line of its own. */
export interface Stands {
  readonly attribute: Attribute
  readonly at: 'field' | 'block'
}

/** `@@index([a, b(sort: Desc)], map: "x", type: Gin)`. */
export function blockAttribute({ kind, columns, options, type, name, isDefault }: SeenIndex, field: (column: string) => string): string {
  const list = columns.map((column, i) => `${field(column)}${options[i]}`).join(', ')
  const more = [...(isDefault ? [] : [`map: ${JSON.stringify(name)}`]), ...(type ? [`type: ${type}`] : [])]
  return `@@${kind}(${[`[${list}]`, ...more].join(', ')})`
}

/** `@unique(map: "x")`, for an index over one column that needs no line of its own; undefined for others. */
export function fieldAttribute({ kind, columns, options, type, name, isDefault }: SeenIndex): string | undefined {
  if (kind === 'index' || columns.length !== 1 || options[0] || type) return undefined
  return isDefault ? `@${kind}` : `@${kind}(map: ${JSON.stringify(name)})`
}

/** Where the model says this key or index. */
export function findIndex({ source, block }: Placed, index: SeenIndex, field: (column: string) => string): Stands | undefined {
  const wanted = index.columns.map(field).join(' ')
  const lines = block.attributes.filter((a) => a.name === index.kind && fieldsIn(source, a).join(' ') === wanted)
  const entry = index.columns.length === 1 ? block.entries.find((e) => e.name === field(index.columns[0] as string)) : undefined
  const own = entry?.attributes.filter((a) => a.name === index.kind) ?? []
  const all = [
    ...own.map((attribute): Stands => ({ attribute, at: 'field' })),
    ...lines.map((attribute): Stands => ({ attribute, at: 'block' })),
  ]
  const mapOf = ({ attribute }: Stands): string | undefined => nameOf(source, attribute)
  return all.find((s) => mapOf(s) === index.name) ?? (index.isDefault ? all.find((s) => mapOf(s) === undefined) : all[0])
}

/** The fields of `@@index([a, b])`, `@@unique(fields: [a])`. */
function fieldsIn(source: string, attribute: Attribute): string[] {
  const args = argumentsOf(source, attribute)
  const list = args.find((a) => a.name === 'fields') ?? args.find((a) => a.name === undefined)
  return list ? listed(list.written) : []
}

/** The name in the database that an attribute says outright. */
export function nameOf(source: string, attribute: Attribute): string | undefined {
  const map = argumentsOf(source, attribute).find((a) => a.name === 'map')
  return map && (JSON.parse(map.written) as string)
}

/** Gives an attribute another `map`, or none: `undefined` leaves the name to Prisma. */
export function renameAttribute(placed: Placed, attribute: Attribute, name: string | undefined): Splice[] {
  return setArgument(placed, attribute, 'map', name === undefined ? undefined : JSON.stringify(name))
}

/** Sets, changes or removes a named argument. */
export function setArgument({ file, source }: Placed, attribute: Attribute, key: string, value: string | undefined): Splice[] {
  const args = argumentsOf(source, attribute)
  const at = args.findIndex((a) => a.name === key)
  const old = args[at]
  if (old && value !== undefined) return [{ file, start: old.valueStart, end: old.end, text: value }]
  if (old) {
    if (args.length === 1) return [{ file, start: source.lastIndexOf('(', old.start), end: attribute.end, text: '' }]
    const [before, after] = [args[at - 1], args[at + 1]]
    return [
      before ? { file, start: before.end, end: old.end, text: '' } : { file, start: old.start, end: after?.start ?? old.end, text: '' },
    ]
  }
  if (value === undefined) return []
  const last = args.at(-1)
  if (last) return [{ file, start: last.end, end: last.end, text: `, ${key}: ${value}` }]
  const empty = source.slice(attribute.start, attribute.end).endsWith(')')
  return [
    {
      file,
      start: attribute.end - (empty ? 1 : 0),
      end: attribute.end - (empty ? 1 : 0),
      text: empty ? `${key}: ${value}` : `(${key}: ${value})`,
    },
  ]
}

/** Takes the attribute away. */
export function removeAttribute(placed: Placed, { attribute, at }: Stands): Splice {
  return at === 'block' ? removeLines(placed, attribute) : removeInline(placed, attribute)
}

/** Puts an attribute behind what the field has, before a comment. */
export function addToField({ file }: Placed, entry: Entry, attribute: string): Splice {
  return { file, start: entry.end, end: entry.end, text: ` ${attribute}` }
}
