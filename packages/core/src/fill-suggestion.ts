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
