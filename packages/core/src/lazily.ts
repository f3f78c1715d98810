/** The parts of a value that are computed when they are first read. */
type Parts<T> = { readonly [K in keyof T]: () => T[K] }

/** The value with more properties, each computed when it is first read and an ordinary one from then on. */
export function lazily<T extends object, L extends object>(value: T, parts: Parts<L>): T & L {
  for (const key of Object.keys(parts) as (keyof L)[]) {
    const settle = (found: L[keyof L]): L[keyof L] => {
      Object.defineProperty(value, key, { value: found, enumerable: true })
      return found
    }
    Object.defineProperty(value, key, { get: () => settle(parts[key]()), enumerable: true, configurable: true })
  }
  return value as T & L
}
