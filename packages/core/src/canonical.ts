/** Plain data as JSON can hold it. `undefined` properties are left out. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * JSON of plain data, always in the same bytes: keys in code unit order, two spaces, a newline at the end. What JSON would lose in silence
 * (NaN, functions, Map, Set, Date, undefined in a list) throws a TypeError that names the place.
 */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(sorted(value, '$'), null, 2)}\n`
}

function sorted(value: unknown, at: string): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return value.map((v, i) => sorted(v, `${at}[${i}]`))
  if (typeof value === 'object' && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)) {
    const keys = Object.keys(value)
      .filter((key) => (value as Record<string, unknown>)[key] !== undefined)
      .sort()
    // Integer-like keys come first in any JS object, in numeric order: same keys, same order all the same.
    return Object.fromEntries(keys.map((key) => [key, sorted((value as Record<string, unknown>)[key], `${at}.${key}`)]))
  }
  throw new TypeError(`not plain data at ${at}: ${typeof value === 'object' ? value?.constructor.name : String(value)}`)
}
