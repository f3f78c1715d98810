import type { Volatility } from '../catalog/catalog.ts'
import { EXTENSIONS, IMMUTABLE, OVERLOADS, STABLE } from './functions.ts'
import { hasWord, wordsOn } from './versions.ts'

export type { Volatility }

/**
 * Volatility of a function of pg_catalog on one PostgreSQL, by its bare name; undefined where no function of that name is known there as something else than
 * volatile. Of overloads that differ, the least predictable one counts, except that volatile ones are told by {@link volatileOverloads}.
 */
export function builtInVolatility(name: string, postgres: number): Volatility | undefined {
  return level(STABLE, IMMUTABLE, name, postgres)
}

/** The same for a function that one of these extensions brings. */
export function extensionVolatility(name: string, extensions: ReadonlySet<string>, postgres: number): Volatility | undefined {
  for (const extension of extensions) {
    const [stable, immutable] = (Object.hasOwn(EXTENSIONS, extension) && EXTENSIONS[extension]) || ['', '']
    const found = level(stable, immutable, name, postgres)
    if (found) return found
  }
  return undefined
}

/** Argument types of the volatile overloads of a name whose others are not: `['text,time with time zone']`. */
export function volatileOverloads(name: string, postgres: number): readonly string[] {
  return wordsOn(OVERLOADS, '\n', postgres)
    .filter((signature) => signature.startsWith(`${name}(`))
    .map((signature) => signature.slice(name.length + 1, -1))
}

function level(stable: string, immutable: string, name: string, postgres: number): Volatility | undefined {
  if (hasWord(stable, name, postgres)) return 'stable'
  return hasWord(immutable, name, postgres) ? 'immutable' : undefined
}
