import { EXTENSIONS, IMMUTABLE, OVERLOADS, STABLE } from './functions.ts'
import { wordsOn } from './versions.ts'

export type Volatility = 'immutable' | 'stable' | 'volatile'

interface Names {
  readonly own: ReadonlyMap<string, Volatility>
  readonly extensions: ReadonlyMap<string, ReadonlyMap<string, Volatility>>
  readonly overloads: ReadonlyMap<string, readonly string[]>
}

const byVersion = new Map<number, Names>()

/**
 * Volatility of a function of pg_catalog on one PostgreSQL, by its bare name; undefined where no function of that name is known there. Of overloads
 * that differ, the least predictable one counts, except that volatile ones are told by {@link volatileOverloads}.
 */
export function builtInVolatility(name: string, postgres: number): Volatility | undefined {
  return namesOn(postgres).own.get(name)
}

/** The same for a function that one of these extensions brings; undefined where none brings it as something else than volatile. */
export function extensionVolatility(name: string, extensions: ReadonlySet<string>, postgres: number): Volatility | undefined {
  const lists = namesOn(postgres).extensions
  for (const extension of extensions) {
    const found = lists.get(extension)?.get(name)
    if (found) return found
  }
  return undefined
}

/** Argument types of the volatile overloads of a name whose others are not: `['text,time with time zone']`. */
export function volatileOverloads(name: string, postgres: number): readonly string[] {
  return namesOn(postgres).overloads.get(name) ?? []
}

/** The lists are split when they are first asked for: most runs never do. */
function namesOn(postgres: number): Names {
  const known = byVersion.get(postgres)
  if (known) return known
  const overloads = new Map<string, string[]>()
  for (const signature of wordsOn(OVERLOADS, '\n', postgres)) {
    const [name = '', types = ''] = signature.slice(0, -1).split('(')
    overloads.set(name, [...(overloads.get(name) ?? []), types])
  }
  const names: Names = {
    own: leveled(STABLE, IMMUTABLE, postgres),
    extensions: new Map(
      Object.entries(EXTENSIONS).map(([extension, [stable, immutable]]) => [extension, leveled(stable, immutable, postgres)]),
    ),
    overloads,
  }
  byVersion.set(postgres, names)
  return names
}

function leveled(stable: string, immutable: string, postgres: number): Map<string, Volatility> {
  const levels = new Map<string, Volatility>()
  for (const name of wordsOn(immutable, /\s+/, postgres)) levels.set(name, 'immutable')
  for (const name of wordsOn(stable, /\s+/, postgres)) levels.set(name, 'stable')
  return levels
}
