import type { Intent, Question } from '../intent.ts'
import type { LockMode, TableLock } from '../lock.ts'

/** Version of plan.json. A reader refuses a newer one. */
export const PLAN_VERSION = 1

/** lock: reads or writes wait; rewrite: the table is copied under the lock; compatibility: running code breaks; data: rows are lost or refused. */
export type Harm = 'lock' | 'rewrite' | 'compatibility' | 'data'

/** A way in which the SQL as the ORM wrote it hurts a live database. */
export interface Hazard {
  /** Stable id such as `create-index-blocks-writes`: the key of `expand-contract explain`. */
  readonly code: string
  readonly harm: Harm
  /** What is hit, as a person writes it: `User`, `User.name`, `User_email_idx`. */
  readonly on: string
  /** The strongest lock the original statement takes, where a lock is the harm. */
  readonly lock?: LockMode
  /** One sentence: what happens, how long, to whom. */
  readonly why: string
  /** 1-based line of the migration. */
  readonly line: number
  /** 1-based column in that line, in UTF-16 code units as editors count. */
  readonly column: number
}

/** A hazard that a person allows, in a comment of the migration or by the policy of its table: its statement is copied as it is. */
export interface AllowedHazard extends Hazard {
  readonly reason: string
  /** 1-based line of the comment; absent where the policy of the table allows it. */
  readonly allowedOn?: number
}

/** Statements that cannot be made safe, with what to do. */
export interface Refusal {
  readonly claims: readonly number[]
  readonly hazards: readonly Hazard[]
  readonly reason: string
  /** The exact next thing to do: a flag, an edit, a command. */
  readonly fix: string
  /** Set where an answer from a person is all that is missing. */
  readonly question?: Question
  /** Set where the reason is that the schema is not known: of which table, as a person writes it (null: of any), and since which migration. */
  readonly incomplete?: { readonly table: string | null; readonly since: string }
  readonly line: number
}

/**
 * How to take a step back while the contract is held. `sql` runs in one transaction unless `alone`, then `after` in one
 * of its own: a constraint is added NOT VALID and validated. `none`: nothing is left to do, and why. `irreversible`: it can't
 * be taken back, and what protects the data instead; DDL before such a step stays too, a backfill's filled values stay.
 */
export type Undo =
  | { readonly sql: readonly string[]; readonly alone?: true; readonly after?: readonly string[] }
  | { readonly none: string }
  | { readonly irreversible: string }

interface StepBase {
  /** `01-add-column`: position and slug, unique in the plan. */
  readonly id: string
  /** One line for people, in the imperative: `Add "fullName" and keep it in step with "name"`. */
  readonly title: string
  /** Why this step is safe on a live table. */
  readonly why: string
  readonly undo: Undo
}

/** DDL. `atomic`: all statements in one transaction. `alone`: exactly one statement, outside any transaction (CONCURRENTLY). */
export interface Ddl extends StepBase {
  readonly kind: 'ddl'
  readonly transaction: 'atomic' | 'alone'
  readonly sql: readonly string[]
  /** The strongest lock on each existing table; the laws observe it. */
  readonly locks: readonly TableLock[]
  /** lock_timeout in ms; 0: none, because a cancelled CONCURRENTLY leaves an invalid index. */
  readonly lockTimeout: number
  /** statement_timeout in ms; 0: none, for work whose time grows with the table and that blocks nobody. */
  readonly statementTimeout: number
  /** Named prepared statements that read the table must be prepared anew after this step (0A000). */
  readonly invalidatesPlans?: true
  /** Source statements copied byte for byte, where the step is nothing else. */
  readonly verbatim?: true
  /** Copied with hazards that a person allows: see {@link Plan.allowed}. What its statements do to a live table is known and meant. */
  readonly allowed?: true
}

/** Changes old rows in batches, each in its own transaction: `WITH with UPDATE table SET set FROM from WHERE where`, by key ranges. */
export interface Backfill extends StepBase {
  readonly kind: 'backfill'
  /** As SQL, as the migration writes it. */
  readonly table: string
  /** What the expressions call the table, as SQL; absent: its name. */
  readonly alias?: string
  /** The queries of a WITH clause, and the FROM clause (of a deletion the USING clause), as SQL. */
  readonly with?: string
  readonly from?: string
  /** The rows are deleted instead, and `set` is empty. */
  readonly deletes?: true
  /**
   * Rows of another table are made instead, as SQL: one for each row of `table` that needs it, with `set` as its columns. `unless` are the columns of its unique key in which such a
   * row would meet one that is there: then that one stays. The rows of `table` are locked against changes while theirs are made.
   */
  readonly into?: { readonly table: string; readonly unless: readonly string[] }
  /** A table of ours with the keys of the rows that are still to be done, as SQL: each batch takes its own out of it in the same statement, so no row is done twice. */
  readonly list?: string
  /** Done when every row that was there has been looked at: rows that need it and are written meanwhile are none of its business. */
  readonly once?: true
  /** Columns of the primary key or of a unique not-null index, in order; empty: by physical position (ctid). */
  readonly key: readonly string[]
  readonly set: readonly { readonly column: string; readonly expression: string }[]
  /** Rows that still need it; after the backfill none is left, unless `once`. */
  readonly where: string
}

/** A query that must return no row, or the plan stops here with `message`. */
export interface Check extends StepBase {
  readonly kind: 'check'
  readonly sql: string
  /** What a returned row means and what to do. */
  readonly message: string
}

export type Step = Ddl | Backfill | Check

export interface Stage {
  readonly name: 'expand' | 'contract'
  /** When it may go out, in words. */
  readonly opensWhen: string
  readonly steps: readonly Step[]
}

/** Two columns that hold the same fact between expand and contract. Expressions are SQL over the row. */
export interface Sync {
  readonly table: string
  /** The table of the old column, as SQL, where that is another one; `down` is over its row then. */
  readonly oldTable?: string
  readonly old: string
  readonly new: string
  /** The new value from the old one, and back. */
  readonly up: string
  readonly down: string
}

/** What a column must hold at the end: an expression over the row as it was before the migration; absent: something, such as the next number of a sequence. */
export interface Expectation {
  readonly table: string
  readonly column: string
  readonly from?: string
}

/** A rewritten migration. Frozen, JSON, versioned: written to plan.json, reviewed, then only read. */
export interface Plan {
  readonly version: typeof PLAN_VERSION
  /** The migration's own name in its ORM. */
  readonly id: string
  /** `meant`: SQL that does what the ORM meant, where its own can't run. */
  readonly source: { readonly id: string; readonly checksum: string; readonly sql: string; readonly meant?: string }
  /** Hash of what the catalog said about the touched tables. */
  readonly startsFrom: string
  /** The oldest PostgreSQL major version that the plan is made for, 14 to 18. */
  readonly postgres: number
  readonly intents: readonly Intent[]
  readonly hazards: readonly Hazard[]
  readonly refusals: readonly Refusal[]
  /** Hazards that people allow, with their reason, in the order of the statements; absent: none. They are not among {@link Plan.hazards}. */
  readonly allowed?: readonly AllowedHazard[]
  /** Where the schema before the migration was taken from, and what was assumed by that, in sentences; absent: the migrations before it tell it. */
  readonly assumes?: readonly string[]
  /** [expand, contract]; a stage without steps is there, empty. */
  readonly stages: readonly [Stage, Stage]
  readonly syncs: readonly Sync[]
  readonly expects: readonly Expectation[]
  /** Other answers that a person could give, each with its flag: shown once, not part of the plan's work. */
  readonly alternatives: readonly string[]
  /** Why new code goes out with the contract, not before it, in sentences; absent: it works from the end of expand on. */
  readonly newCodeWaits?: readonly string[]
  /** Fields that must be mapped in the ORM's schema instead of any SQL (intent `map`). */
  readonly maps: readonly { readonly table: string; readonly column: string; readonly to: string }[]
}

/** DDL as a strategy gives it: the planner numbers it and derives locks, timeouts and transaction mode from the SQL. */
export type DraftDdl = Named<Pick<Ddl, 'kind' | 'title' | 'why' | 'sql' | 'undo' | 'invalidatesPlans' | 'verbatim' | 'allowed'>>

export type DraftStep = DraftDdl | Named<Omit<Backfill, 'id'>> | Named<Omit<Check, 'id'>>

/** `name` is two or three words for file names: `add fullName`. With its number it becomes the step's id: `01-add-full-name`. */
type Named<T> = T & { readonly name: string }
