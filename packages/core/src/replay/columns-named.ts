import type { Index, Table } from '../catalog/catalog.ts'
import { parseExpression } from '../expression.ts'
import type { PgNode } from '../parser.ts'

/** Columns of the table that an expression's tree names, in the order in which they appear, each once. A whole row names all of them. */
export function columnsNamed(node: unknown, table: Table): readonly string[] {
  const found = new Set<string>()
  collect(node, table, found)
  return [...found]
}

/** The same for an expression as text. */
export function columnsNamedIn(expression: string | undefined, table: Table): readonly string[] {
  return expression === undefined ? [] : columnsNamed(parseExpression(expression), table)
}

function collect(node: unknown, table: Table, found: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, table, found)
  } else if (typeof node === 'object' && node !== null) {
    const reference = (node as PgNode).ColumnRef
    if (reference) addReference(reference, table, found)
    else for (const value of Object.values(node)) collect(value, table, found)
  }
}

function addReference(reference: PgNode, table: Table, found: Set<string>): void {
  const name = (reference.fields as PgNode[]).at(-1)?.String?.sval
  if (table.columns.some((c) => c.name === name)) found.add(name)
  else for (const column of table.columns) found.add(column.name)
}

/** True where an index would go with the column. */
export function indexNames(index: Index, column: string, table: Table): boolean {
  return (
    index.include.includes(column) ||
    index.keys.some((k) => k.column === column || columnsNamedIn(k.expression, table).includes(column)) ||
    columnsNamedIn(index.where, table).includes(column)
  )
}
