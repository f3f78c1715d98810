import type { Catalog, TableName } from '../catalog/catalog.ts'
import { parseExpression } from '../expression.ts'
import { type PgNode, scan } from '../parser.ts'
import { printedName } from '../printed-name.ts'
import { splitKey, strings, tableKey } from '../relation.ts'
import { editTables, mapSame } from './edit.ts'

/** What PostgreSQL prints for a default that takes from a sequence. */
export function sequenceDefault(schema: string, sequence: string): string {
  return `nextval('${`${printedName(schema)}.${printedName(sequence)}`.replaceAll("'", "''")}'::regclass)`
}

/** True where some column's default takes from the sequence: all that the catalog knows of sequences. */
export function usesSequence(catalog: Catalog, key: TableName): boolean {
  for (const table of catalog.tables.values()) {
    if (table.columns.some((c) => sequenceOf(c.default) === key)) return true
  }
  return false
}

/** ALTER SEQUENCE … RENAME: a default keeps its sequence by its identity, so its text follows the name. */
export function renameSequence(catalog: Catalog, key: TableName, name: string): Catalog {
  const [schema] = splitKey(key)
  return editTables(catalog, (table) => {
    const columns = mapSame(table.columns, (c) => (sequenceOf(c.default) === key ? { ...c, default: sequenceDefault(schema, name) } : c))
    return columns === table.columns ? table : { ...table, columns }
  })
}

/** The sequence of a default that is `nextval('…')`, cast to regclass or not. */
function sequenceOf(expression: string | undefined): TableName | undefined {
  if (!expression?.startsWith('nextval(')) return undefined
  const call = parseExpression(expression).FuncCall as PgNode | undefined
  const [argument] = (call?.args ?? []) as PgNode[]
  const constant = argument?.TypeCast && strings(argument.TypeCast.typeName.names).at(-1) === 'regclass' ? argument.TypeCast.arg : argument
  const text = constant?.A_Const?.sval?.sval as string | undefined
  return text === undefined ? undefined : keyOfText(text)
}

/** The relation that a text names, as the cast to regclass reads it. */
function keyOfText(text: string): TableName | undefined {
  const names = scan(text).filter((t) => t.text !== '.')
  const parts = names.map(({ text: part }) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase()))
  return parts.length === 1 || parts.length === 2 ? tableKey(parts.at(-1) ?? '', parts.at(-2)) : undefined
}
