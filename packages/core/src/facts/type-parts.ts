import type { TypeName } from '../catalog/catalog.ts'

/** A type taken apart: `timestamp(3) without time zone` is `timestamp without time zone` with [3]. */
export interface TypeParts {
  /** The name without what stands in parentheses; of an array its element's, with `[]`. */
  readonly base: string
  /** Length, precision, scale; empty for none. Something else than numbers (`geometry(Point,4326)`) stays as it is written. */
  readonly modifiers: readonly string[]
}

/** Parentheses inside a quoted name are part of the name. */
const MODIFIERS = /^((?:[^("]|"(?:[^"]|"")*")+)\(([^)]*)\)(.*)$/s

export function typeParts(type: TypeName): TypeParts {
  const [, before, inside, behind] = MODIFIERS.exec(type) ?? []
  if (before === undefined) return fields({ base: type, modifiers: [] })
  return fields({ base: `${before}${behind}`, modifiers: (inside ?? '').split(',').map((m) => m.trim()) })
}

/** The fields of an interval are a modifier too: `interval day to second(3)`. Their array is an array of intervals all the same. */
function fields(parts: TypeParts): TypeParts {
  if (!parts.base.startsWith('interval ')) return parts
  const array = parts.base.endsWith('[]') ? '[]' : ''
  const words = parts.base.slice('interval '.length, array ? -2 : undefined)
  return { base: `interval${array}`, modifiers: [words, ...parts.modifiers] }
}

/** Without modifiers: what `pg_cast` speaks of. `bpchar` and `"bit"` are the spellings of types without a length. */
export function baseName(type: TypeName): string {
  const { base } = typeParts(type)
  if (base === 'bpchar' || base === 'bpchar[]') return base.replace('bpchar', 'character')
  return base.startsWith('"bit"') ? base.replace('"bit"', 'bit') : base
}

const WIDEST = 6
const INTERVAL_FIELDS = ['second', 'minute', 'hour', 'day', 'month', 'year']

/**
 * True where PostgreSQL's planner drops the function that would cut a value to its new length: nothing could be cut. Types that are not listed have no such
 * knowledge, so that the function runs on every row.
 */
export function keepsEveryValue(from: readonly string[], base: string, to: readonly string[]): boolean {
  if (to.length === 0 || from.join() === to.join()) return true
  const [oldSize, oldScale] = from.map(Number)
  const [size = 0, scale] = to.map(Number)
  switch (base) {
    case 'character varying':
    case 'bit varying':
      return oldSize !== undefined && oldSize <= size
    case 'numeric':
      return oldSize !== undefined && oldSize <= size && oldScale === scale
    case 'time without time zone':
    case 'time with time zone':
    case 'timestamp without time zone':
    case 'timestamp with time zone':
      return size >= WIDEST || (oldSize !== undefined && oldSize <= size)
    case 'interval':
      return keepsInterval(from, to)
    default:
      return false
  }
}

/** Whole fields may be cut off at the small end; fractions only matter where there are seconds. */
function keepsInterval(from: readonly string[], to: readonly string[]): boolean {
  const [a, b] = [intervalOf(from), intervalOf(to)]
  return b.least <= a.least && (a.least > 0 || b.precision >= WIDEST || b.precision >= a.precision)
}

function intervalOf(modifiers: readonly string[]): { least: number; precision: number } {
  const words = modifiers.filter((m) => !/^\d*$/.test(m))
  const precision = modifiers.find((m) => /^\d+$/.test(m))
  const least = words[0]?.split(' ').at(-1) ?? 'second'
  return { least: INTERVAL_FIELDS.indexOf(least), precision: precision === undefined ? Number.POSITIVE_INFINITY : Number(precision) }
}
