import type { TypeName } from '../catalog/catalog.ts'
import { baseName, keepsEveryValue, typeParts } from '../facts/type-parts.ts'
import { elementType } from '../sql/type-name.ts'

const FAMILIES: Readonly<Record<string, string>> = {
  smallint: 'integers',
  integer: 'integers',
  bigint: 'integers',
  real: 'floats',
  'double precision': 'floats',
  text: 'texts',
  'character varying': 'texts',
  character: 'texts',
  citext: 'texts',
  json: 'documents',
  jsonb: 'documents',
}
const INTEGERS = ['smallint', 'integer', 'bigint']

/** True where drivers and both ORMs read and write the two types alike: old and new code can share one column of either. */
export function readAlike(from: TypeName, to: TypeName): boolean {
  return isArray(from) === isArray(to) && familyOf(from) === familyOf(to)
}

/** True where every value of the one type has its place in the other of its family: none is refused. It may be rounded as the new type says. */
export function holdsAll(from: TypeName, to: TypeName): boolean {
  const [a, b] = [elementOf(from), elementOf(to)]
  const [old, next] = [typeParts(elementType(from)).modifiers, typeParts(elementType(to)).modifiers]
  if (INTEGERS.includes(b)) return INTEGERS.indexOf(a) <= INTEGERS.indexOf(b)
  switch (b) {
    case 'real':
      return a === 'real'
    case 'double precision':
    case 'json':
    case 'timestamp without time zone':
    case 'timestamp with time zone':
    case 'time without time zone':
    case 'time with time zone':
    case 'interval':
      return true
    case 'character varying':
    case 'character':
      return next.length === 0 ? b !== 'character' : old.length > 0 && Number(old[0]) <= Number(next[0])
    case 'text':
    case 'citext':
      return true
    case 'numeric':
      return next.length === 0 || (old.length > 0 && holdsDigits(old, next))
    default:
      return a === b && keepsEveryValue(old, b, next)
  }
}

/** A digit more before the point where digits behind it are rounded away: 9.99 becomes 10.0. */
function holdsDigits([size, scale = '0']: readonly string[], [nextSize, nextScale = '0']: readonly string[]): boolean {
  const [whole, nextWhole] = [Number(size) - Number(scale), Number(nextSize) - Number(nextScale)]
  return Number(nextScale) >= Number(scale) ? nextWhole >= whole : nextWhole > whole
}

function familyOf(type: TypeName): string {
  const base = elementOf(type)
  return FAMILIES[base] ?? base
}

function elementOf(type: TypeName): string {
  const base = baseName(elementType(type))
  // The extension's type, in whatever schema it is.
  return base.endsWith('.citext') ? 'citext' : base
}

function isArray(type: TypeName): boolean {
  return type.endsWith('[]')
}
