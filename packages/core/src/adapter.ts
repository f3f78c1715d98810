import type { Catalog } from './catalog/catalog.ts'
import type { Intent } from './intent.ts'
import type { Plan, Step } from './plan/plan.ts'
import type { Sending } from './plan/sending.ts'

/** One migration as the ORM keeps it. */
export interface SourceMigration {
  /** The ORM's name of it, also the plan's id. */
  readonly id: string
  /** The SQL file, absolute. */
  readonly path: string
  /** The file's text, byte for byte. */
  readonly text: string
  /** What the ORM itself says of the change (Drizzle's rename answer, Prisma's schema). Intents of a person win over these. */
  readonly intents: readonly Intent[]
}

/** Where one project keeps its migrations. */
export interface Layout {
  readonly adapter: string
  /** Root of the ORM project: the folder the user pointed at or the one its configuration was found in. Absolute. */
  readonly root: string
  /** The migrations folder, absolute. */
  readonly migrations: string
  /** `expand-contract/` beside the migrations folder: plans and held contracts. Absolute. */
  readonly plans: string
  /** Files of the ORM's schema (schema.prisma, schema.ts), absolute; empty where none was found. */
  readonly schema: readonly string[]
  /** The ORM's format as the adapter names it: `prisma`, `drizzle-journal`, `drizzle-v1`. */
  readonly format: string
  /** The ORM's own table of applied migrations, where its configuration names another than the usual one. */
  readonly table?: { readonly schema?: string; readonly name?: string }
  /** Environment variables from which the ORM's configuration takes the URL of the database, the one for migrations first; absent: it does not say so plainly. */
  readonly urlVariables?: readonly string[]
  /** How the ORM sends a migration, where the adapter knows it. */
  readonly sending?: Sending
}

/** The migrations of a project, oldest first. */
export interface History {
  readonly layout: Layout
  readonly migrations: readonly SourceMigration[]
}

/** A change to the project as data: nothing is written before all edits are known. `content: null` removes the file, and its folder where that is left empty. Absolute path. */
export interface FileEdit {
  readonly path: string
  readonly content: string | null
}

/** What an ORM's own table in a database says of a history. */
export interface Applied {
  /** Ids of migrations that are applied there, in the order of the history. */
  readonly applied: readonly string[]
  /** Names of migrations that were applied there after all of those, and that the history does not have: the database is ahead or another one. */
  readonly ahead: readonly string[]
  /** Ids of migrations that failed there half way. */
  readonly failed: readonly string[]
  /** Ids of migrations that were never applied there although the ORM's migrator takes them for applied; absent: none can be. */
  readonly passedOver?: readonly string[]
}

/** What the ORM's schema says of the database, and what it is to say. */
export interface Restage {
  /** The schema of the database that it describes now. */
  readonly is: Catalog
  /** The one that it is to describe. */
  readonly wanted: Catalog
  /** Columns and tables that are in both but not in this one are shown to the code again; absent: what is added is hidden from it. */
  readonly shows?: Catalog
  /** The plan, by its id: what is added says why it is there. */
  readonly plan: string
}

/** The edits that do it, and what the ORM's schema can't say, in sentences. */
export interface Restaged {
  readonly edits: readonly FileEdit[]
  readonly unsaid: readonly string[]
}

/** SQL with its values, `$1` and so on. */
export interface Query {
  readonly text: string
  readonly values: readonly unknown[]
}

/** How an ORM keeps, in a database, what it has applied there: what a runner must write so that the ORM's own migrator finds nothing left to do. */
export interface Records {
  readonly table: { readonly schema: string; readonly name: string }
  /** What the ORM's migrator runs where the table is not there. */
  readonly create: readonly Query[]
  /** What it runs where the table is an older one, without a column. */
  readonly upgrade?: { readonly lacks: string; readonly queries: readonly Query[] }
  /** The ORM takes a database without its table for a new one, and stops where there are tables of other kinds. */
  readonly wantsEmpty: boolean
  /** Number of the session's advisory lock under which the ORM's migrator works; undefined: it takes none. */
  readonly lock: number | undefined
  /** The schemas in which the ORM's migrator looks for names; undefined: as the database has it. */
  readonly searchPath: string | undefined
  /** How a person says to the ORM that a migration is applied: a command, or SQL. */
  markApplied(id: string): string
  /** The row of a migration that is applied, for the transaction that applies it. */
  applied(migration: SourceMigration): Query
  /** The row in three parts, for a migration that is not one transaction; undefined: the ORM has only one. */
  readonly parts?: {
    begun(migration: SourceMigration): Query
    failed(migration: SourceMigration, message: string): Query
    finished(migration: SourceMigration): Query
  }
}

/** What an ORM's package knows: how it keeps migrations and how to write a stage back. Reads files; writes none. */
export interface Adapter {
  readonly id: string
  /** The project in `dir`, or undefined. Throws {@link UserError} where there is one that can't be used (another database, broken lock file). */
  find(dir: string): Promise<Layout | undefined>
  read(layout: Layout): Promise<History>
  /** Name of the table, in whatever schema, in which the ORM keeps what it has applied. */
  readonly appliedTable: string
  /** What the rows of that table say. */
  applied(history: History, rows: readonly Readonly<Record<string, unknown>>[]): Promise<Applied>
  /** Migrations that the ORM's migrator would pass over wherever one that stands before them is applied first: their times are older. `says`: that, and what to do, in a sentence. Absent: its order is that of the history. */
  outOfOrder?(history: History): Promise<readonly { readonly id: string; readonly says: string }[]>
  /** How that table is kept. `schema`: the one that the database URL names, if any. */
  records(history: History, schema: string | undefined): Promise<Records>
  /** The file of a step as {@link Adapter.emit} writes it for the migration `name`. */
  stepFile(step: Step, plan: Plan, name: string): string
  /**
   * The edits that replace the migration `plan.id` by the plan's expand stage in the ORM's own format, and put the rest (plan.json, original
   * SQL, contract, undo) under {@link Layout.plans}. Same plan and history, same bytes. Throws {@link UserError} where it can't be done.
   */
  emit(plan: Plan, history: History): Promise<readonly FileEdit[]>
  /**
   * Makes the ORM's schema agree with the database of another stage, so that the ORM finds nothing to do there; `edits` are made before. Absent where the ORM never compares its
   * schema with the database: it is final from the expand on.
   */
  restage?(layout: Layout, change: Restage, edits: readonly FileEdit[]): Promise<Restaged>
  /** The edits that put the plan's contract at the end of the history, as the ORM's next migrations. Same plan and history, same bytes. */
  release(plan: Plan, history: History): Promise<readonly FileEdit[]>
  /** The same for the undo of its expand stage. Throws {@link UserError} where the ORM's own files must be made ready first, with the way to do it. */
  undo(plan: Plan, history: History): Promise<readonly FileEdit[]>
}

/** A mistake or a limit that the user can mend: printed as one clear paragraph, exit code 2. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
