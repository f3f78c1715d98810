import type { Index, Table } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import type { PgNode } from '../sql/parser.ts'

type Columns = Pick<Table, 'columns'>

/** Columns of the table that an expression's tree names, in the order in which they appear, each once. A whole row names all of them. */
export function columnsNamed(node: unknown, table: Columns): readonly string[] {
  const found = new Set<string>()
  collect(node, table, found)
  return [...found]
}

/** The same for an expression as text. */
export function columnsNamedIn(expression: string | undefined, table: Columns): readonly string[] {
  return expression === undefined ? [] : columnsNamed(parseExpression(expression), table)
}

function collect(node: unknown, table: Columns, found: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, table, found)
  } else if (typeof node === 'object' && node !== null) {
    const reference = (node as PgNode).ColumnRef
    if (reference) addReference(reference, table, found)
    else for (const value of Object.values(node)) collect(value, table, found)
  }
}

function addReference(reference: PgNode, table: Columns, found: Set<string>): void {
  const name = (reference.fields as PgNode[]).at(-1)?.String?.sval
  if (table.columns.some((c) => c.name === name)) found.add(name)
  else for (const column of table.columns) found.add(column.name)
}

/** The columns that PostgreSQL notes for a CHECK: those that it names, not a whole row; `(t).a` is the column. */
export function columnsChecked(node: unknown, table: Columns): readonly string[] {
  const found = new Set<string>()
  collectChecked(node, table, found)
  return [...found]
}

function collectChecked(node: unknown, table: Columns, found: Set<string>): void {
  if (Array.isArray(node)) for (const item of node) collectChecked(item, table, found)
  else if (typeof node === 'object' && node !== null) {
    const { ColumnRef, A_Indirection } = node as PgNode
    const path = (ColumnRef?.fields ?? (A_Indirection?.arg?.ColumnRef && A_Indirection.indirection)) as PgNode[] | undefined
    const name = path?.at(-1)?.String?.sval
    if (name !== undefined && table.columns.some((c) => c.name === name)) found.add(name)
    for (const value of Object.values(node)) collectChecked(value, table, found)
  }
}

/** True where an index would go with the column. */
export function indexNames(index: Index, column: string, table: Columns): boolean {
  return (
    index.include.includes(column) ||
    index.keys.some((k) => k.column === column || columnsNamedIn(k.expression, table).includes(column)) ||
    columnsNamedIn(index.where, table).includes(column)
  )
}
