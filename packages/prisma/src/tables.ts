import type { Block } from './psl.ts'

/** A table or column name as PostgreSQL has it, and the schema that holds the table. */
export interface DatabaseName {
  readonly schema: string
  readonly name: string
}

/** The table of a model or view, after `@@map` and `@@schema`. */
export function tableOf(block: Block): DatabaseName {
  const text = (attribute: string): string | undefined => block.attributes.find((a) => a.name === attribute)?.text?.value
  return { schema: text('schema') ?? 'public', name: text('map') ?? block.name }
}

/** True where `User`, `"User"`, `auth.User` or `"auth"."User"` as a person or a plan writes it means this table. */
export function meansTable(written: string, { schema, name }: DatabaseName): boolean {
  const bare = written.replaceAll('"', '')
  return bare === `${schema}.${name}` || (bare === name && schema === 'public')
}
