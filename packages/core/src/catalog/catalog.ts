import type { Statement } from '../sql/statement.ts'

/** `"schema"."table"`, quoted: one spelling for one table, safe to print and to put into SQL. */
export type TableName = string

/** A type as PostgreSQL's `format_type` prints it with an empty search_path: `integer`, `character varying(50)`, `public."Role"[]`. */
export type TypeName = string

export interface Column {
  readonly name: string
  readonly type: TypeName
  /** True where no row holds NULL: a NOT NULL that is NOT VALID (PostgreSQL 18) is none. */
  readonly notNull: boolean
  /** The constraint behind NOT NULL, which only PostgreSQL 18 has: its own name, and whether old rows are proved. Replay always names it. */
  readonly notNullConstraint?: {
    readonly name: string
    readonly validated: boolean
    readonly noInherit?: true
    /** It stands here only because a parent has it. */
    readonly inherited?: true
  }
  /** The DEFAULT as SQL text, as the history wrote it; `nextval('…')` for serial. Absent: none. */
  readonly default?: string
  /** Of a partition's column only where it has a sequence of its own: that of its parent is told there (and reaches the partition from version 17 on). */
  readonly identity?: 'always' | 'by default'
  readonly generated?: { readonly expression: string; readonly stored: boolean }
  readonly collation?: string
  /** It stands here only because a parent has it: it goes when the parent's goes. */
  readonly inherited?: true
}

export interface ForeignKey {
  readonly table: TableName
  /** Empty where the history named none (the primary key is meant) and the referenced table is not known. */
  readonly columns: readonly string[]
  readonly onDelete: ReferentialAction
  readonly onUpdate: ReferentialAction
  /** MATCH FULL. */
  readonly full?: true
  /** `ON DELETE SET NULL (a, b)`: only these columns are set (PostgreSQL 15). */
  readonly sets?: readonly string[]
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface Constraint {
  readonly name: string
  readonly kind: 'primary' | 'unique' | 'foreign' | 'check' | 'exclude'
  readonly columns: readonly string[]
  /** False while NOT VALID: new rows are checked, old rows are not proved. */
  readonly validated: boolean
  /** CHECK only: the expression as SQL text. */
  readonly expression?: string
  /** Foreign keys only. */
  readonly references?: ForeignKey
  readonly deferrable?: boolean
  readonly initiallyDeferred?: true
  /** CHECK … NO INHERIT. */
  readonly noInherit?: true
  /** NOT ENFORCED (PostgreSQL 18): checked by nobody. */
  readonly notEnforced?: true
  /** Exclusion constraints, and keys WITHOUT OVERLAPS: the operator of each key. */
  readonly operators?: readonly string[]
  /** It stands here only because a parent has it. */
  readonly inherited?: true
  /** A key WITHOUT OVERLAPS, a foreign key with PERIOD (PostgreSQL 18). */
  readonly period?: true
}

export interface IndexKey {
  /** The column, or absent for an expression key. */
  readonly column?: string
  /** The expression as SQL text without outer parentheses, or absent for a column key. */
  readonly expression?: string
  /** What stands behind the column or expression: collation, operator class, ordering, as SQL text; empty for the defaults. */
  readonly options: string
}

export interface Index {
  readonly name: string
  readonly unique: boolean
  readonly method: string
  readonly keys: readonly IndexKey[]
  readonly include: readonly string[]
  /** Predicate of a partial index as SQL text. */
  readonly where?: string
  readonly nullsNotDistinct: boolean
  /** False for an index left INVALID by a failed CREATE INDEX CONCURRENTLY; a history alone never shows it. */
  readonly valid: boolean
  /** The constraint that owns it (primary key, unique), by name. */
  readonly constraint?: string
  /** Name of the partitioned parent's index that it is attached to. */
  readonly parent?: string
  /** What its keys and included columns were called when it was made, where a column has been renamed since: copies of it are named after that. */
  readonly madeAs?: readonly string[]
}

export interface Trigger {
  readonly name: string
  /** The function it calls. */
  readonly function: RoutineName
  /** Columns of UPDATE OF; empty for any. */
  readonly updateOf: readonly string[]
  /** WHEN as SQL text, over OLD and NEW. */
  readonly when?: string
  /** FOR EACH STATEMENT: partitions do not get it from their parent. */
  readonly perStatement?: true
}

export interface Policy {
  readonly name: string
  /** USING as SQL text. */
  readonly using?: string
  /** WITH CHECK as SQL text. */
  readonly check?: string
}

export interface Table {
  readonly schema: string
  readonly name: string
  /** A partition that is partitioned itself is `partition`, with {@link Table.partitionedBy}. */
  readonly kind: 'table' | 'partitioned' | 'partition' | 'inherited'
  /** Absent for an ordinary table. */
  readonly persistence?: 'unlogged' | 'temporary'
  /** The tables that it inherits from, in order; of a partition the one it belongs to. Absent: none. */
  readonly parents?: readonly TableName[]
  /** Bounds of a partition as SQL text: `FOR VALUES IN ('a')`, `DEFAULT`. */
  readonly bound?: string
  /** The partition key as SQL text: `LIST (region)`. */
  readonly partitionedBy?: string
  /** The composite type of a typed table (`CREATE TABLE … OF type`). */
  readonly ofType?: TypeName
  readonly columns: readonly Column[]
  readonly constraints: readonly Constraint[]
  readonly indexes: readonly Index[]
  /** The table's triggers, ours included. */
  readonly triggers: readonly Trigger[]
  /** Its row security policies. */
  readonly policies: readonly Policy[]
}

/** What a view reads of one table or view. */
export interface ViewRead {
  readonly table: TableName
  /** The columns that it names (or that `*` meant when it was made), sorted; empty for `count(*)`; absent: not known, any of them. */
  readonly columns?: readonly string[]
}

export interface View {
  readonly materialized: boolean
  /** Tables and views its definition names, sorted by name, each once. */
  readonly reads: readonly ViewRead[]
  /** Names of its columns in order; absent: not known. */
  readonly columns?: readonly string[]
  /** Types and functions that its definition names, by their keys. A database does not tell; only replay sets it. */
  readonly uses?: readonly string[]
  /** Indexes of a materialized view. */
  readonly indexes: readonly Index[]
}

export interface Sequence {
  readonly type: 'smallint' | 'integer' | 'bigint'
  /** The column that it falls with: serial, identity, OWNED BY. */
  readonly ownedBy?: { readonly table: TableName; readonly column: string }
  /** It is the inside of an identity column. */
  readonly identity?: true
}

export interface Domain {
  readonly base: TypeName
  readonly notNull: boolean
  /** The name of the constraint behind NOT NULL, which only PostgreSQL 18 has; replay always names it, a database does not tell. */
  readonly notNullConstraint?: string
  /** The DEFAULT as SQL text. */
  readonly default?: string
  readonly collation?: string
  /** Its CHECKs, by name; in the expression the value is called VALUE. */
  readonly checks: readonly { readonly name: string; readonly expression: string; readonly validated: boolean }[]
}

/** A range type. */
export interface Range {
  /** The type of its bounds. */
  readonly subtype: TypeName
  /** The type of sets of it, which PostgreSQL makes beside it. */
  readonly multirange: TypeName
  /** The functions that make values of both, which keep their names. */
  readonly constructors?: readonly RoutineName[]
}

/** `"schema"."function"`, quoted, without arguments: overloads share one name. */
export type RoutineName = string

export type Volatility = 'immutable' | 'stable' | 'volatile'

/** One function, procedure or aggregate that the history made. */
export interface Routine {
  readonly kind: 'function' | 'procedure' | 'aggregate'
  /** Types of its input arguments without modifiers: what tells overloads apart. */
  readonly takes: readonly TypeName[]
  /** How many of them may be left out of a call. */
  readonly optional: number
  /** Names of the columns of its result, where it has several or names one; else its type. */
  readonly gives: readonly string[] | TypeName
  /** Every type that its arguments and its result have. */
  readonly types: readonly TypeName[]
  readonly volatility: Volatility
  /** What a call does: reads and writes rows only, or perhaps changes the schema. */
  readonly does: 'rows' | 'schema'
  /** The statement that made it as it is. */
  readonly made?: Statement
}

/** The schema as plain data, with what is not known. Never mutated: replay makes a new one for each statement. */
export interface Catalog {
  readonly tables: ReadonlyMap<TableName, Table>
  /** Enum labels in order, by type name. */
  readonly enums: ReadonlyMap<TypeName, readonly string[]>
  readonly domains: ReadonlyMap<TypeName, Domain>
  /** Attributes of composite types in order, by type name. */
  readonly composites: ReadonlyMap<TypeName, readonly { readonly name: string; readonly type: TypeName }[]>
  /** Range types by type name. */
  readonly ranges?: ReadonlyMap<TypeName, Range>
  readonly sequences: ReadonlyMap<TableName, Sequence>
  /** Views and materialized views. */
  readonly views: ReadonlyMap<TableName, View>
  /** Schemas, unquoted, `public` included. */
  readonly schemas: ReadonlySet<string>
  /** Extensions, unquoted. What they bring is not in the other lists. */
  readonly extensions: ReadonlySet<string>
  /** The schema that holds what an extension brings, unquoted; `public` where it is not told. */
  readonly extensionSchemas?: ReadonlyMap<string, string>
  /** Volatility of the functions that the history made, overloads counted as the least predictable of them; PostgreSQL's default is volatile. */
  readonly functions: ReadonlyMap<RoutineName, Volatility>
  /** The functions, procedures and aggregates that the history made, each with all overloads of its name. A database does not tell; only replay sets it. */
  readonly routines?: ReadonlyMap<RoutineName, readonly Routine[]>
  /**
   * Tables (or {@link EVERYTHING}) whose picture here may be wrong, and why: what rests on them is refused. Views, sequences, types and functions stand here by keys of
   * the same form, schemas and extensions by their quoted names.
   */
  readonly incomplete: ReadonlyMap<TableName, Incomplete>
  /** Schemas that a name without one is looked up in, where the script has set another search_path than PostgreSQL's own; it ends with the script. */
  readonly searchPath?: readonly string[]
  /** The search_path that comes back when the transaction ends, where SET LOCAL has set another one. */
  readonly sessionPath?: readonly string[] | 'usual'
}

export interface Incomplete {
  /** The migration since which the table is not known. */
  readonly since: string
  readonly reason: string
  /** 1-based line of that migration, where a statement is the cause. */
  readonly line?: number
}

/** Key of {@link Catalog.incomplete} for "any table": a statement that could not be read may have touched all of them. */
export const EVERYTHING: TableName = '*'

export const EMPTY_CATALOG: Catalog = {
  tables: new Map(),
  enums: new Map(),
  domains: new Map(),
  composites: new Map(),
  sequences: new Map(),
  views: new Map(),
  schemas: new Set(['public']),
  extensions: new Set(),
  functions: new Map(),
  incomplete: new Map(),
}

/** Why the catalog's picture of a table can't be relied on, or undefined where it can. */
export function incompleteness(catalog: Catalog, table: TableName): Incomplete | undefined {
  return catalog.incomplete.get(table) ?? catalog.incomplete.get(EVERYTHING)
}

/** The column of that exact name, or undefined. */
export function column(table: Table | undefined, name: string): Column | undefined {
  return table?.columns.find((c) => c.name === name)
}
