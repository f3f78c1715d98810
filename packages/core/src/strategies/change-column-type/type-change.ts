import type { TypeName } from '../../catalog/catalog.ts'

/** What PostgreSQL does to the table for a change of type without USING: nothing but the catalog, or a rewrite. Measured on PostgreSQL 12 to 18. */
export function typeChangeCost(from: TypeName, to: TypeName): 'none' | 'catalog' | 'rewrite' {
  if (from === to) return 'none'
  const [a, b] = [parts(from), parts(to)]
  const text = ['text', 'character varying']
  if (text.includes(a.base) && text.includes(b.base)) return b.sizes.length === 0 || widens(a.sizes, b.sizes) ? 'catalog' : 'rewrite'
  if (a.base === 'cidr' && b.base === 'inet') return 'catalog'
  if (a.base !== b.base) return 'rewrite'
  if (a.base === 'numeric') return b.sizes.length === 0 || (widens(a.sizes, b.sizes) && a.sizes[1] === b.sizes[1]) ? 'catalog' : 'rewrite'
  if (
    ['bit varying', 'timestamp without time zone', 'timestamp with time zone', 'time without time zone', 'time with time zone'].includes(
      a.base,
    )
  ) {
    return b.sizes.length === 0 || b.sizes[0] === 6 || widens(a.sizes, b.sizes) ? 'catalog' : 'rewrite'
  }
  return 'rewrite'
}

/** Integers that a bigger integer holds in full. The wire shows both as digits. */
export function isIntegerWidening(from: TypeName, to: TypeName): boolean {
  const order = ['smallint', 'integer', 'bigint']
  return order.includes(from) && order.includes(to) && order.indexOf(from) < order.indexOf(to)
}

function widens(from: readonly number[], to: readonly number[]): boolean {
  return from.length > 0 && from.length === to.length && from.every((size, i) => size <= (to[i] ?? 0))
}

/** `timestamp(3) without time zone` -> base `timestamp without time zone`, sizes [3]. */
function parts(type: TypeName): { base: string; sizes: number[] } {
  const open = type.indexOf('(')
  if (open < 0) return { base: type, sizes: [] }
  const close = type.indexOf(')', open)
  return {
    base: type.slice(0, open) + type.slice(close + 1),
    sizes: type
      .slice(open + 1, close)
      .split(',')
      .map(Number),
  }
}
