/**
 * What only a person knows. Data from a flag, a prompt, the configuration or the ORM; recorded in the plan, never guessed.
 * `table` is the table as a person writes it: `User` or `public.User`.
 */
export type Intent = ColumnIntent | TableIntent

/** `additive-only`: nothing is ever taken away from it; what would is refused. `big-bang`: it is small or nobody's yet; what hurts it is left as it is. */
export type TablePolicy = 'additive-only' | 'big-bang'

/** What a person says of a table or an enum. `column` is never there: it tells these from {@link ColumnIntent}. */
export type TableIntent =
  /** The value `value` is removed from the enum `type` (as a person writes it: `Role`, `auth.Role`): `to` takes its place. */
  | { readonly kind: 'value'; readonly type: string; readonly value: string; readonly to: string; readonly column?: undefined }
  /** The dropped table lives on as `to`, which the migration makes: it is renamed. */
  | { readonly kind: 'rename-table'; readonly table: string; readonly to: string; readonly column?: undefined }
  /** The table really goes, with its data. */
  | { readonly kind: 'drop-table'; readonly table: string; readonly column?: undefined }
  /** How the project treats the table; `*`: every table that no other entry names. From the configuration only. */
  | { readonly kind: 'policy'; readonly table: string; readonly policy: TablePolicy; readonly column?: undefined }
  /** No code names the type, or the table, any more: the gate's answer. Only a released contract carries it. */
  | { readonly kind: 'unused-type'; readonly type: string; readonly column?: undefined }
  | { readonly kind: 'unused-table'; readonly table: string; readonly column?: undefined }

export type ColumnIntent =
  /** The dropped column `column` lives on as `to`: its data moves. */
  | { readonly kind: 'rename'; readonly table: string; readonly column: string; readonly to: string }
  /** The renamed field keeps its old column in the database: the ORM maps it (`@map`, `text('old_name')`), no SQL runs. */
  | { readonly kind: 'map'; readonly table: string; readonly column: string; readonly to: string }
  /** The values of the dropped column `column` move to the column `to` of the table `into`, which a foreign key joins with its own. */
  | { readonly kind: 'move'; readonly table: string; readonly column: string; readonly into: string; readonly to: string }
  /** The column really goes, with its data. */
  | { readonly kind: 'drop'; readonly table: string; readonly column: string }
  /** Rows and code that know nothing of `column` get `with`: a SQL expression over the row (`'US'`, `gen_random_uuid()`, `lower(email)`). */
  | { readonly kind: 'fill'; readonly table: string; readonly column: string; readonly with: string }
  /** The column gets another type: `with`, a SQL expression over the row, is the new value of an old row (`age::int`, `at AT TIME ZONE 'UTC'`). */
  | { readonly kind: 'convert'; readonly table: string; readonly column: string; readonly with: string }
  /** Nothing uses the column any more: the gate's answer. Only a released contract carries it. */
  | { readonly kind: 'unused'; readonly table: string; readonly column: string }

/** A question for a person, as data: the command asks it on a terminal, and prints the flags elsewhere. */
export type Question =
  | {
      readonly kind: 'value'
      readonly type: string
      readonly value: string
      /** Values that stay, in their order. */
      readonly candidates: readonly string[]
    }
  | {
      readonly kind: 'rename-table'
      readonly table: string
      /** Tables that the migration makes and that look like it. */
      readonly candidates: readonly string[]
      readonly column?: undefined
    }
  | {
      readonly kind: 'rename'
      readonly table: string
      readonly column: string
      /** Added columns that it may have become, in source order. */
      readonly candidates: readonly string[]
    }
  | {
      readonly kind: 'move'
      readonly table: string
      readonly column: string
      /** Added columns of joined tables that it may have moved to. */
      readonly candidates: readonly { readonly table: string; readonly column: string }[]
    }
  | {
      readonly kind: 'convert'
      readonly table: string
      readonly column: string
      /** The types before and after. */
      readonly from: string
      readonly type: string
      /** Why PostgreSQL's own cast is not the answer. */
      readonly why: string
      /** A conversion that PostgreSQL has, if there is one; only ever offered. */
      readonly suggestion?: string
      /** The column may also go with its data: the migration drops it and adds it again. */
      readonly canDrop?: true
    }
  | {
      readonly kind: 'fill'
      readonly table: string
      readonly column: string
      readonly type: string
      /** Why a value is needed. */
      readonly why: string
      /** A fill that fits the type, if one is plausible; only ever offered, never taken without an answer. */
      readonly suggestion?: string
    }
