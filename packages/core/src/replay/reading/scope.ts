import type { Catalog, TableName } from '../../catalog/catalog.ts'
import type { PgNode } from '../../sql/parser.ts'
import { strings, tableKey } from '../../sql/relation.ts'

/** A column of a table or view. */
export interface Source {
  readonly table: TableName
  readonly column: string
}

/** A column that a query sees: naming it reads those columns of tables and views; none where a query inside or a function made it. */
export interface ScopeColumn {
  readonly name: string
  readonly of: readonly Source[]
}

/** What one part of a FROM clause lets the rest of the query name. */
export interface Item {
  readonly alias?: string
  /** Absent: not known. */
  readonly columns: readonly ScopeColumn[] | undefined
  /** The table or view itself, where it is one. */
  readonly table?: TableName
  /** Its columns can be named without a qualifier: those of the parts of a join are named through the join. */
  readonly bare: boolean
}

export interface Scope {
  readonly items: readonly Item[]
  /** Queries of WITH clauses around, with their columns where they are known. */
  readonly queries: ReadonlyMap<string, readonly string[] | undefined>
  readonly outer?: Scope
}

/** Hears what a query reads. */
export interface Reader {
  readonly catalog: Catalog
  /** The query names the table or view. */
  readonly reads: (table: TableName) => void
  /** It reads the column; `reference` is the ColumnRef that names it, absent for `*`, USING and NATURAL. */
  readonly uses: (source: Source, reference?: PgNode) => void
  /** It may read any column of it. */
  readonly mayUse: (table: TableName) => void
}

/** Nothing to see: the outermost scope. */
export const NO_SCOPE: Scope = { items: [], queries: new Map() }

/** Looks a ColumnRef up and tells the reader; a row as a whole reads no column, as PostgreSQL sees it. */
export function refer(reference: PgNode, reader: Reader, scope: Scope): void {
  const path = strings(reference.fields)
  const name = path.at(-1)
  if (name === undefined) return
  if (path.length > 1) {
    referTo(itemNamed(path.slice(0, -1), scope), name, reference, reader)
    return
  }
  let isDoubtful = false
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const items = at.items.filter((i) => i.bare)
    const found = items.flatMap((i) => i.columns?.filter((c) => c.name === name) ?? [])
    for (const { of } of found) for (const source of of) isDoubtful ? reader.mayUse(source.table) : reader.uses(source, reference)
    if (found.length > 0) return
    const unknown = items.filter((i) => !i.columns)
    for (const { table } of unknown) if (table !== undefined) reader.mayUse(table)
    isDoubtful ||= unknown.length > 0
  }
}

/** Reads one column of an item that was named; one that it has not is a system column or a function. */
export function referTo(item: Item | undefined, name: string, reference: PgNode | undefined, reader: Reader): void {
  if (!item) return
  if (!item.columns && item.table !== undefined) reader.mayUse(item.table)
  for (const { of } of item.columns?.filter((c) => c.name === name) ?? []) for (const source of of) reader.uses(source, reference)
}

/** The item that `alias` or `schema.table` names, the innermost first. */
export function itemNamed(path: readonly string[], scope: Scope): Item | undefined {
  const [alias, schema] = [path.at(-1), path.at(-2)]
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const found = at.items.find((i) => i.alias === alias && (schema === undefined || i.table === tableKey(alias ?? '', schema)))
    if (found) return found
  }
  return undefined
}

/** True where a name without a qualifier is a column here, not further out. */
export function isColumnHere(name: string, scope: Scope): boolean {
  return scope.items.some((i) => i.bare && i.columns?.some((c) => c.name === name))
}

/** True where a name is a column here or further out; undefined where that can't be told. */
export function isColumn(name: string, scope: Scope): boolean | undefined {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    if (isColumnHere(name, at)) return true
    if (at.items.some((i) => i.bare && !i.columns)) return undefined
  }
  return false
}

/** The name of a ColumnRef without a qualifier. */
export function simpleName(node: PgNode | undefined): string | undefined {
  const fields = node?.ColumnRef?.fields as PgNode[] | undefined
  return fields?.length === 1 ? (fields[0]?.String?.sval as string | undefined) : undefined
}
