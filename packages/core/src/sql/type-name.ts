import type { TypeName } from '../catalog/catalog.ts'
import type { PgNode } from './parser.ts'
import { printedName } from './printed-name.ts'
import { DEFAULT_SCHEMA, strings } from './relation.ts'

/** Names in pg_catalog that `format_type` prints under their SQL spelling. */
const SPELLED: ReadonlyMap<string, string> = new Map([
  ['bool', 'boolean'],
  // A keyword that is printed bare all the same.
  ['json', 'json'],
  ['int2', 'smallint'],
  ['int4', 'integer'],
  ['int8', 'bigint'],
  ['float4', 'real'],
  ['float8', 'double precision'],
  ['varchar', 'character varying'],
  ['varbit', 'bit varying'],
  ['time', 'time without time zone'],
  ['timetz', 'time with time zone'],
  ['timestamp', 'timestamp without time zone'],
  ['timestamptz', 'timestamp with time zone'],
])

/** Further types of pg_catalog, which a column may have and which are found before any type of the user. */
const BUILT_IN: ReadonlySet<string> = new Set(
  `aclitem bit box bpchar bytea char cid cidr circle date daterange datemultirange inet int2vector int4multirange int4range int8multirange
  int8range interval json jsonb jsonpath line lseg macaddr macaddr8 money name numeric nummultirange numrange oid oidvector path pg_lsn
  pg_snapshot point polygon record refcursor regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc
  regprocedure regrole regtype text tid tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot uuid xid xid8 xml
  any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray anycompatiblerange anyelement anyenum
  anymultirange anynonarray anyrange cstring event_trigger internal trigger unknown void`
    .split(/\s+/)
    .filter(Boolean),
)

const SERIALS: ReadonlyMap<string, SerialType> = new Map([
  ['smallserial', 'smallint'],
  ['serial2', 'smallint'],
  ['serial', 'integer'],
  ['serial4', 'integer'],
  ['bigserial', 'bigint'],
  ['serial8', 'bigint'],
])

export type SerialType = 'smallint' | 'integer' | 'bigint'

/** The real type of a `serial` column, or undefined where the TypeName is none of the serials. */
export function serialType(node: PgNode): SerialType | undefined {
  const names = strings(node.names)
  return names.length === 1 && !node.arrayBounds ? SERIALS.get(names[0] ?? '') : undefined
}

/** True for `serial`, `bigserial`, `smallserial`: an integer with a sequence as its default, NOT NULL. */
export function isSerial(node: PgNode): boolean {
  return serialType(node) !== undefined
}

/**
 * A TypeName of the tree as PostgreSQL's `format_type` prints it with an empty search_path: `integer`, `timestamp(3) without time zone`,
 * `public."Role"[]`. A name that is not one of PostgreSQL's own and has no schema is in the default schema.
 */
export function typeName(node: PgNode): TypeName {
  const array = (node.arrayBounds ?? []).length > 0 ? '[]' : ''
  const serial = serialType(node)
  if (serial) return serial
  const path = strings(node.names)
  const name = path.at(-1) ?? ''
  const schema = path.at(-2)
  const own = schema === 'pg_catalog' || (schema === undefined && (SPELLED.has(name) || BUILT_IN.has(name)))
  const modifiers = modifiersOf(node)
  return (own ? builtIn(name, modifiers) : `${qualified(schema, name)}${inParentheses(modifiers)}`) + array
}

/** `public."Role"`: a type of the user as it is printed, and the key of an enum in the catalog. */
export function userType(path: readonly string[]): TypeName {
  return qualified(path.at(-2), path.at(-1) ?? '')
}

/** An array's element type; any other type as it is. */
export function elementType(type: TypeName): TypeName {
  return type.endsWith('[]') ? type.slice(0, -2) : type
}

/** A printed type without `[]` and modifiers: `public."Role"`, `public.vector`. */
export function bareType(type: TypeName): TypeName {
  let isQuoted = false
  for (let at = 0; at < type.length; at++) {
    const character = type[at]
    if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && (character === '(' || character === '[')) return type.slice(0, at)
  }
  return type
}

/** True where a name without a schema is a type of PostgreSQL's own, which is found before any type of the user. */
export function isOwnType(name: string): boolean {
  return SPELLED.has(name) || BUILT_IN.has(name)
}

/** Schema and name, unquoted, of a type of the user as it is printed. */
export function splitType(type: TypeName): [schema: string, name: string] {
  const parts = bareType(type).match(/"(?:[^"]|"")*"|[^".]+/g) ?? []
  const [schema = '', name = ''] = parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part))
  return [schema, name]
}

function qualified(schema: string | undefined, name: string): string {
  return `${printedName(schema ?? DEFAULT_SCHEMA)}.${printedName(name)}`
}

function modifiersOf(node: PgNode): readonly string[] {
  return ((node.typmods ?? []) as PgNode[]).map((m) => {
    const constant = m.A_Const
    if (constant) return String(constant.ival?.ival ?? constant.sval?.sval ?? constant.fval?.fval ?? 0)
    if (m.ColumnRef) return strings(m.ColumnRef.fields).join('.')
    return ''
  })
}

function inParentheses(modifiers: readonly string[]): string {
  return modifiers.length > 0 ? `(${modifiers.join(',')})` : ''
}

function builtIn(name: string, modifiers: readonly string[]): string {
  const given = inParentheses(modifiers)
  switch (name) {
    case 'bpchar':
      return given ? `character${given}` : 'bpchar'
    case 'bit':
      return given ? `bit${given}` : '"bit"'
    case 'numeric':
      return modifiers.length === 1 ? `numeric(${modifiers[0]},0)` : `numeric${given}`
    case 'time':
    case 'timestamp':
    case 'timetz':
    case 'timestamptz':
      return `${name.startsWith('timestamp') ? 'timestamp' : 'time'}${given} ${name.endsWith('tz') ? 'with' : 'without'} time zone`
    case 'interval':
      return `interval${intervalModifier(modifiers)}`
    default:
      return `${SPELLED.get(name) ?? printedName(name)}${given}`
  }
}

// Bits of PostgreSQL's INTERVAL_MASK, in the order in which a range names its fields.
const INTERVAL_FIELDS: readonly (readonly [bit: number, word: string])[] = [
  [2, 'year'],
  [1, 'month'],
  [3, 'day'],
  [10, 'hour'],
  [11, 'minute'],
  [12, 'second'],
]
const FULL_RANGE = 0x7fff

function intervalModifier([range, precision]: readonly string[]): string {
  const fields = Number(range ?? FULL_RANGE)
  const words = fields === FULL_RANGE ? [] : INTERVAL_FIELDS.filter(([bit]) => fields & (1 << bit)).map(([, word]) => word)
  const span = words.length > 1 ? ` ${words[0]} to ${words.at(-1)}` : words.length === 1 ? ` ${words[0]}` : ''
  return `${span}${precision === undefined ? '' : `(${precision})`}`
}
