import { CASTS, CLASSES, STRINGS } from '../../../packages/core/src/facts/casts.ts'
import { EXTENSIONS, IMMUTABLE, OVERLOADS, STABLE } from '../../../packages/core/src/facts/functions.ts'
import { wordsOn } from '../../../packages/core/src/facts/versions.ts'
import type { ServerFacts } from './server-facts.ts'

/** The generated lists in the form in which a server is asked. */
export function generatedFacts(version: number): ServerFacts {
  const levels = (stable: string, immutable: string): Map<string, 'immutable' | 'stable'> =>
    new Map([
      ...wordsOn(immutable, /\s+/, version).map((name) => [name, 'immutable'] as const),
      ...wordsOn(stable, /\s+/, version).map((name) => [name, 'stable'] as const),
    ])
  const extensions = Object.entries(EXTENSIONS).map(([name, [stable, immutable]]) => [name, levels(stable, immutable)] as const)
  return {
    functions: levels(STABLE, IMMUTABLE),
    volatileOverloads: new Set(wordsOn(OVERLOADS, '\n', version)),
    extensions: new Map(extensions.filter(([, list]) => list.size > 0)),
    casts: new Map(pairs(CASTS, ' > ', version)),
    strings: new Set(wordsOn(STRINGS, ', ', version)),
    classes: new Map(pairs(CLASSES, ' ', version)),
  }
}

/** `a, b: c 1, d 2` -> `a > c` = `1`, `a > d` = `2`, and so for b. */
function pairs(list: string, join: string, version: number): [string, string][] {
  return list.split('\n').flatMap((line) => {
    const [keys = '', words = ''] = line.split(': ')
    return keys.split(', ').flatMap((key) =>
      wordsOn(words, ', ', version).map((word): [string, string] => {
        const cut = word.lastIndexOf(' ')
        return [`${key}${join}${word.slice(0, cut)}`, word.slice(cut + 1)]
      }),
    )
  })
}
