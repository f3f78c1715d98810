import { bareType, type Catalog, elementType, type TypeName } from '@expand-contract/core'

/** A column's type as schema.prisma says it. */
export interface FieldType {
  /** `String`, an enum's name, `Unsupported("tsvector")`. */
  readonly base: string
  /** `@db.VarChar(40)`, where the type is not the one that Prisma takes by itself. */
  readonly native?: string
  readonly list: boolean
}

/** Prisma's scalar and native type for types of PostgreSQL; no native type: Prisma's own choice. */
const SCALARS: ReadonlyMap<string, readonly [base: string, native?: string]> = new Map([
  ['text', ['String']],
  ['character varying', ['String', 'VarChar']],
  ['character', ['String', 'Char']],
  ['bpchar', ['String', 'Char']],
  ['uuid', ['String', 'Uuid']],
  ['xml', ['String', 'Xml']],
  ['inet', ['String', 'Inet']],
  ['bit', ['String', 'Bit']],
  ['"bit"', ['String', 'Bit']],
  ['bit varying', ['String', 'VarBit']],
  ['public.citext', ['String', 'Citext']],
  ['boolean', ['Boolean']],
  ['integer', ['Int']],
  ['smallint', ['Int', 'SmallInt']],
  ['oid', ['Int', 'Oid']],
  ['bigint', ['BigInt']],
  ['double precision', ['Float']],
  ['real', ['Float', 'Real']],
  ['numeric', ['Decimal', 'Decimal']],
  ['money', ['Decimal', 'Money']],
  ['timestamp without time zone', ['DateTime', 'Timestamp']],
  ['timestamp with time zone', ['DateTime', 'Timestamptz']],
  ['time without time zone', ['DateTime', 'Time']],
  ['time with time zone', ['DateTime', 'Timetz']],
  ['date', ['DateTime', 'Date']],
  ['jsonb', ['Json']],
  ['json', ['Json', 'Json']],
  ['bytea', ['Bytes']],
])

/** What `DateTime` and `Decimal` are without a native type. */
const BY_DEFAULT = new Set(['@db.Timestamp(3)', '@db.Decimal(65, 30)'])

/** The type of a column. A domain is what it is made of: that is all that Prisma sees of it. */
export function fieldType(type: TypeName, { domains, enums }: Catalog, enumName: (type: TypeName) => string | undefined): FieldType {
  const list = type.endsWith('[]')
  const element = elementType(type)
  const inner = domains.get(element)?.base ?? element
  const name = enums.has(inner) ? enumName(inner) : undefined
  if (name !== undefined) return { base: name, list }
  // The precision stands in the middle: `timestamp(3) without time zone`.
  const [, head = inner, precision = '', tail = ''] = /^(.*?)\((.*?)\)(.*)$/.exec(inner) ?? []
  const scalar = SCALARS.get(`${head}${tail}`) ?? SCALARS.get(bareType(inner))
  if (!scalar) return { base: `Unsupported(${JSON.stringify(inner)})`, list }
  const [base, native] = scalar
  const modifier = precision === '' ? '' : `(${precision.split(',').join(', ')})`
  const attribute = native && `@db.${native}${modifier}`
  return { base, list, ...(attribute && !BY_DEFAULT.has(attribute) && { native: attribute }) }
}
