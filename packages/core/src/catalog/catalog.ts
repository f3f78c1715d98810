/** `"schema"."table"`, quoted: one spelling for one table, safe to print and to put into SQL. */
export type TableName = string

/** A type as PostgreSQL's `format_type` prints it with an empty search_path: `integer`, `character varying(50)`, `public."Role"[]`. */
export type TypeName = string

export interface Column {
  readonly name: string
  readonly type: TypeName
  readonly notNull: boolean
  /** The DEFAULT as SQL text, as the history wrote it; `nextval('…')` for serial. Absent: none. */
  readonly default?: string
  readonly identity?: 'always' | 'by default'
  readonly generated?: { readonly expression: string; readonly stored: boolean }
  readonly collation?: string
}

export interface ForeignKey {
  readonly table: TableName
  /** Empty where the history named none (the primary key is meant) and the referenced table is not known. */
  readonly columns: readonly string[]
  readonly onDelete: ReferentialAction
  readonly onUpdate: ReferentialAction
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
}

export interface Table {
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'partitioned' | 'partition' | 'inherited'
  readonly columns: readonly Column[]
  readonly constraints: readonly Constraint[]
  readonly indexes: readonly Index[]
  /** Names of the table's triggers, ours included. */
  readonly triggers: readonly string[]
  /** Names of its row security policies. */
  readonly policies: readonly string[]
}

export interface View {
  /** The tables its definition names, as far as the parser sees them. */
  readonly reads: readonly TableName[]
}

/** The schema as plain data, with what is not known. Never mutated: replay makes a new one for each statement. */
export interface Catalog {
  readonly tables: ReadonlyMap<TableName, Table>
  /** Enum labels in order, by type name. */
  readonly enums: ReadonlyMap<TypeName, readonly string[]>
  /** Views and materialized views. */
  readonly views: ReadonlyMap<TableName, View>
  /** Volatility of the functions that the history made, by `schema.name` as {@link TableName}; PostgreSQL's default is volatile. */
  readonly functions: ReadonlyMap<string, 'immutable' | 'stable' | 'volatile'>
  /**
   * What the bodies of functions and procedures that the history made do, under the same keys: read and write rows only, or perhaps change the
   * schema when they are called. A database does not tell; only replay sets it.
   */
  readonly routines?: ReadonlyMap<string, 'rows' | 'schema'>
  /** Tables (or {@link EVERYTHING}) whose picture here may be wrong, and why: what rests on them is refused. */
  readonly incomplete: ReadonlyMap<TableName, Incomplete>
}

export interface Incomplete {
  /** The migration since which the table is not known. */
  readonly since: string
  readonly reason: string
}

/** Key of {@link Catalog.incomplete} for "any table": a statement that could not be read may have touched all of them. */
export const EVERYTHING: TableName = '*'

export const EMPTY_CATALOG: Catalog = {
  tables: new Map(),
  enums: new Map(),
  views: new Map(),
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
