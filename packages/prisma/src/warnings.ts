/**
 * One line of the `Warnings` comment that `prisma migrate dev` writes above a migration, as data. `type` names what Prisma says; columns and tables are
 * database names. The wording is that of prisma-engines' destructive change checks (5.x to 7.10).
 */
export type Warning =
  | { readonly type: 'drop-column'; readonly table: string; readonly column: string }
  | { readonly type: 'drop-table'; readonly table: string }
  /** Dropped and recreated under the same name, for no cast exists; `required`: Prisma says it can't be done where there are rows. */
  | { readonly type: 'recreate-column'; readonly table: string; readonly column: string; readonly required: boolean }
  /** `from` and `to` are types as Prisma writes them; `mayFail`: values may be refused, else they may be cut. */
  | {
      readonly type: 'cast-column'
      readonly table: string
      readonly column: string
      readonly from: string
      readonly to: string
      readonly mayFail: boolean
    }
  /** `prismaDefault`: the schema has a default, but only Prisma's client knows it (`uuid()`, `cuid()`, `@updatedAt`). */
  | { readonly type: 'add-required-column'; readonly table: string; readonly column: string; readonly prismaDefault: boolean }
  | { readonly type: 'make-required'; readonly table: string; readonly column: string }
  | { readonly type: 'scalar-to-list'; readonly table: string; readonly column: string }
  | { readonly type: 'change-primary-key'; readonly table: string }
  | { readonly type: 'add-unique'; readonly table: string; readonly columns: readonly string[] }
  | { readonly type: 'remove-enum-values'; readonly enum: string; readonly values: readonly string[] }
  /** A warning whose wording is not known: kept, never guessed at. */
  | { readonly type: 'other'; readonly text: string }

/** What Prisma warns of, in the order of the file; empty where the migration has no warnings comment (`migrate diff` writes none). */
export function warnings(text: string): Warning[] {
  return bullets(text).map((bullet) => {
    for (const [pattern, read] of TEMPLATES) {
      const match = pattern.exec(bullet)
      if (match)
        return read(
          match.slice(1).map((group) => group ?? ''),
          bullet,
        )
    }
    return { type: 'other', text: bullet }
  })
}

/** The bullets of the first comment headed `Warnings:`; a bullet may run over several lines. */
function bullets(text: string): string[] {
  const [, body] = /\/\*\s*Warnings:\s*\n([\s\S]*?)\*\//.exec(text.replaceAll('\r\n', '\n')) ?? []
  return (body ?? '')
    .split(/^ {2}- /m)
    .slice(1)
    .map((bullet) => bullet.replaceAll(/\s*\n\s*/g, ' ').trim())
}

type Read = (groups: readonly string[], bullet: string) => Warning

// Only the invariant beginnings: what follows holds row counts when Prisma looked at a live database.
const TEMPLATES: readonly (readonly [RegExp, Read])[] = [
  [
    /^You are about to drop the column `(.+?)` on the `(.+?)` table/,
    ([column = '', table = '']) => ({ type: 'drop-column', table, column }),
  ],
  [/^You are about to drop the `(.+?)` table/, ([table = '']) => ({ type: 'drop-table', table })],
  [
    /^The `(.+?)` column on the `(.+?)` table would be dropped and recreated/,
    ([column = '', table = '']) => ({ type: 'recreate-column', table, column, required: false }),
  ],
  [
    /^Changed the type of `(.+?)` on the `(.+?)` table\. No cast exists/,
    ([column = '', table = '']) => ({ type: 'recreate-column', table, column, required: true }),
  ],
  [
    /^You are about to alter the column `(.+?)` on the `(.+?)` table.*? cast from `(.+?)` to `(.+?)`/,
    ([column = '', table = '', from = '', to = ''], bullet) => ({
      type: 'cast-column',
      table,
      column,
      from,
      to,
      mayFail: bullet.includes('This cast may fail'),
    }),
  ],
  [
    /^Added the required column `(.+?)` to the `(.+?)` table without a default value/,
    ([column = '', table = '']) => ({ type: 'add-required-column', table, column, prismaDefault: false }),
  ],
  [
    /^The required column `(.+?)` was added to the `(.+?)` table with a prisma-level default value/,
    ([column = '', table = '']) => ({ type: 'add-required-column', table, column, prismaDefault: true }),
  ],
  [/^Made the column `(.+?)` on table `(.+?)` required/, ([column = '', table = '']) => ({ type: 'make-required', table, column })],
  [
    /^Changed the column `(.+?)` on the `(.+?)` table from a scalar field to a list field/,
    ([column = '', table = '']) => ({ type: 'scalar-to-list', table, column }),
  ],
  [/^The primary key for the `(.+?)` table will be changed/, ([table = '']) => ({ type: 'change-primary-key', table })],
  [
    /^A unique constraint covering the columns `\[(.+?)\]` on the table `(.+?)` will be added/,
    ([columns = '', table = '']) => ({ type: 'add-unique', table, columns: columns.split(',') }),
  ],
  [
    /^The values \[(.+?)\] on the enum `(.+?)` will be removed/,
    ([values = '', name = '']) => ({ type: 'remove-enum-values', enum: name, values: values.split(',') }),
  ],
]
