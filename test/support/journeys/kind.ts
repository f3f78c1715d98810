/** What a person says of a change, as flags of `rewrite`. */
export type Answers = readonly string[]

/** A change of one kind, told to each ORM. Tables and columns have the same names in both, so rows and reads are shared. */
export interface Kind {
  readonly name: string
  /** Bodies of schema.prisma; `sql`: what a person puts in the place of what Prisma writes, for the change and for its way back. */
  readonly prisma: { readonly before: string; readonly after: string; readonly sql?: { readonly there: string; readonly back: string } }
  /** Bodies of schema.ts, and the answers that the kit of v1 takes as hints, there and back. */
  readonly drizzle: {
    readonly before: string
    readonly after: string
    readonly hints?: { readonly there: readonly unknown[]; readonly back: readonly unknown[] }
    /** New names whose question the kit of 0.3x answers with the first rename. */
    readonly renamed?: readonly string[]
    /** What a person writes in the place of SQL of 0.3x that no PostgreSQL runs. */
    readonly mended?: readonly [wrote: string, meant: string]
  }
  readonly answers: Answers
  /** Answers for the way back after the contract, beyond those that `undo` prints. */
  readonly back?: Answers
  readonly rows: string
  /** What old and new code write while both run, and one query for each end that tells whether it was kept. */
  readonly old: string
  readonly new: string
  readonly kept: { readonly sql: string; readonly rows: readonly Readonly<Record<string, unknown>>[] }
  readonly undone: { readonly sql: string; readonly rows: readonly Readonly<Record<string, unknown>>[] }
}

/** The hint that a column was renamed. */
export const rename = (table: string, from: string, to: string) => ({
  type: 'rename',
  kind: 'column',
  from: ['public', table, from],
  to: ['public', table, to],
})

/** The hint that a column is new. */
export const created = (table: string, column: string) => ({ type: 'create', kind: 'column', entity: ['public', table, column] })
