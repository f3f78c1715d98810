import type { Catalog, TypeName } from '../catalog/catalog.ts'
import { elementType } from '../sql/type-name.ts'
import { CASTS, STRINGS } from './casts.ts'
import { baseName } from './type-parts.ts'
import { NEWEST, wordsOn } from './versions.ts'

/** How a value of one type becomes one of another: it is one already, its bytes are, by a function or by way of text; undefined: not at all. */
export type Pathway = 'same' | 'bytes' | 'function'

/** Anywhere, in an assignment (ALTER COLUMN … TYPE ends with one), or as a cast that somebody wrote. */
export type Context = 'implicit' | 'assignment' | 'written'

/** The part of a catalog that types rest on. */
export type Types = Pick<Catalog, 'domains' | 'enums' | 'composites'>

/** A domain's type below all domains, with the length that the lowest of them gives it; any other type as it is. */
export function belowDomains(type: TypeName, types: Types): TypeName {
  const domain = types.domains.get(type)
  return domain ? belowDomains(domain.base, types) : type
}

/** The pathway between two types whatever their lengths, on one PostgreSQL. Where nothing is known of a type, there may be a function. */
export function pathway(from: TypeName, to: TypeName, context: Context, types: Types, postgres: number): Pathway | undefined {
  const [source, target] = [listedName(from, types), listedName(to, types)]
  if (source === target) return from === to || baseName(from) === baseName(to) ? 'same' : 'bytes'
  const cast = castsOn(postgres).get(source)?.get(target)
  if (cast && (context === 'written' || cast.startsWith('i') || (context === 'assignment' && cast.startsWith('a'))))
    return cast.endsWith('b') ? 'bytes' : 'function'
  if (cast) return undefined
  if (![source, target].every((type) => isKnown(type, types))) return 'function'
  if (source.endsWith('[]') && target.endsWith('[]'))
    return pathway(elementType(source), elementType(target), context, types, postgres) && 'function'
  const strings = stringsOn(postgres)
  return (context !== 'implicit' && strings.has(target)) || (context === 'written' && strings.has(source)) ? 'function' : undefined
}

/** PostgreSQL's own types have no schema, nor have those of extensions in the lists. */
function isKnown(type: TypeName, types: Types): boolean {
  const element = elementType(type)
  return !/^([^"]|"[^"]*")*\./.test(element) || types.enums.has(element) || types.composites.has(element)
}

/** A type of an extension by its bare name, whatever schema it is in; the history's own types keep their schema. */
function known(type: TypeName, types: Types): string {
  const bare = /^[^"]*\.(\w+)$/.exec(type)?.[1]
  if (bare === undefined || types.enums.has(type) || types.composites.has(type)) return type
  return castsOn(NEWEST).has(bare) ? bare : type
}

/** The name under which the generated lists have a type. */
export function listedName(type: TypeName, types: Types): string {
  return known(baseName(belowDomains(type, types)), types)
}

const casts = new Map<number, ReadonlyMap<string, ReadonlyMap<string, string>>>()

function castsOn(postgres: number): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = casts.get(postgres) ?? readTable(CASTS, postgres)
  casts.set(postgres, found)
  return found
}

/** `a, b: c 1, d 2` as a map from a and from b to c and d. */
export function readTable(list: string, postgres: number): Map<string, ReadonlyMap<string, string>> {
  const table = new Map<string, ReadonlyMap<string, string>>()
  for (const line of list.split('\n')) {
    const [keys = '', words = ''] = line.split(': ')
    const row = new Map(
      wordsOn(words, ', ', postgres).map((word) => [word.slice(0, word.lastIndexOf(' ')), word.slice(word.lastIndexOf(' ') + 1)]),
    )
    for (const key of keys.split(', ')) table.set(key, row)
  }
  return table
}

function stringsOn(postgres: number): ReadonlySet<string> {
  return new Set(wordsOn(STRINGS, ', ', postgres))
}
