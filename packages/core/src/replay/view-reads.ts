import type { Catalog, TableName, ViewRead } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { readQuery } from './reading/query.ts'
import { NO_SCOPE } from './reading/scope.ts'

/** What a query reads, and the names of its columns; absent where they are not known. */
export interface Reading {
  readonly reads: readonly ViewRead[]
  readonly columns?: readonly string[]
}

/** The tables and columns that a query depends on, as PostgreSQL records them for a view: every column it names or means by `*`, in whichever of its parts. */
export function readingOf(query: PgNode, catalog: Catalog): Reading {
  const found = new Map<TableName, Set<string> | 'any'>()
  const columnsOf = (table: TableName): Set<string> | 'any' => {
    const known = found.get(table) ?? new Set<string>()
    found.set(table, known)
    return known
  }
  const columns = readQuery(
    query,
    {
      catalog,
      reads: columnsOf,
      uses: ({ table, column }) => {
        const read = columnsOf(table)
        if (read !== 'any') read.add(column)
      },
      mayUse: (table) => found.set(table, 'any'),
    },
    NO_SCOPE,
  )
  const reads = [...found]
    .map(([table, read]): ViewRead => (read === 'any' ? { table } : { table, columns: [...read].sort() }))
    .sort((a, b) => (a.table < b.table ? -1 : 1))
  return { reads, ...(columns && { columns }) }
}
