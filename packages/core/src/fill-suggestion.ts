import type { TypeName } from './catalog/catalog.ts'

const BY_TYPE: readonly [RegExp, string][] = [
  [/^(text|character varying.*|character\(\d+\)|public\.citext)$/, `''`],
  [/^(smallint|integer|bigint|numeric.*|real|double precision)$/, '0'],
  [/^boolean$/, 'false'],
  [/^(timestamp|time).*$/, 'CURRENT_TIMESTAMP'],
  [/^date$/, 'CURRENT_DATE'],
  [/^uuid$/, 'gen_random_uuid()'],
  [/^jsonb?$/, `'{}'`],
  [/\[\]$/, `'{}'`],
]

/** A neutral value of a type as SQL, to be offered to a person and never taken without an answer; undefined where the type has none (enums, domains). */
export function suggestFill(type: TypeName): string | undefined {
  return BY_TYPE.find(([pattern]) => pattern.test(type))?.[1]
}

/** The like for a column that must be unique: a value of its own for each row; undefined where the type has none. */
export function suggestUniqueFill(type: TypeName): string | undefined {
  if (type === 'uuid') return 'gen_random_uuid()'
  return type === 'text' || type.startsWith('character varying') ? 'gen_random_uuid()::text' : undefined
}
