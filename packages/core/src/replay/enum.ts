import type { Catalog, Table } from '../catalog/catalog.ts'
import { parseExpression } from '../expression.ts'
import { type PgNode, SqlSyntaxError, scan, shape } from '../parser.ts'
import { strings } from '../relation.ts'
import { quoteText } from '../sql.ts'
import { elementType, userType } from '../type-name.ts'
import type { Change, Handler } from './change.ts'
import { editTables, mapSame, mark, withEntry } from './edit.ts'
import { tablesOfType } from './tables-of-type.ts'

/** CREATE TYPE … AS ENUM. */
export const createEnum: Handler = (catalog, fields, change) => {
  const type = userType(strings(fields.typeName))
  if (catalog.enums.has(type)) return doubt(catalog, type, change, `the enum ${type} is created while it stands already`)
  return withLabels(catalog, type, strings(fields.vals))
}

/** ALTER TYPE … ADD VALUE and RENAME VALUE. */
export const alterEnum: Handler = (catalog, fields, change) => {
  const type = userType(strings(fields.typeName))
  const labels = catalog.enums.get(type)
  if (!labels) return doubt(catalog, type, change, `no statement before this one creates the enum ${type}`)
  const value = fields.newVal as string
  if (fields.oldVal !== undefined) return renameLabel(catalog, type, labels, fields.oldVal, value, change)
  if (labels.includes(value)) {
    return fields.skipIfNewValExists ? catalog : doubt(catalog, type, change, `the enum ${type} has the value '${value}' already`)
  }
  if (fields.newValNeighbor === undefined) return withLabels(catalog, type, [...labels, value])
  const at = labels.indexOf(fields.newValNeighbor)
  if (at < 0) return doubt(catalog, type, change, `the enum ${type} has no value '${fields.newValNeighbor}'`)
  return withLabels(catalog, type, labels.toSpliced(fields.newValIsAfter ? at + 1 : at, 0, value))
}

function withLabels(catalog: Catalog, type: string, labels: readonly string[]): Catalog {
  return { ...catalog, enums: withEntry(catalog.enums, type, labels) }
}

/** An enum is not known: neither are the tables that use it. */
function doubt(catalog: Catalog, type: string, change: Change, reason: string): Catalog {
  return tablesOfType(catalog, type).reduce((current, key) => mark(current, key, change, reason), catalog)
}

/** Defaults and checks keep the value by its identity, so their text follows. */
function renameLabel(catalog: Catalog, type: string, labels: readonly string[], from: string, to: string, change: Change): Catalog {
  if (!labels.includes(from)) return doubt(catalog, type, change, `the enum ${type} has no value '${from}'`)
  const renamed = withLabels(
    catalog,
    type,
    labels.map((label) => (label === from ? to : label)),
  )
  const doubts: string[] = []
  const edited = editTables(renamed, (table, key) => {
    if (!table.columns.some((c) => elementType(c.type) === type)) return table
    if (mentions(table, from)) doubts.push(key)
    const columns = mapSame(table.columns, (c) => {
      if (c.type !== type || c.default === undefined) return c
      const text = relabelled(c.default, from, to)
      if (text === undefined) doubts.push(key)
      return text === undefined || text === c.default ? c : { ...c, default: text }
    })
    return columns === table.columns ? table : { ...table, columns }
  })
  return doubts.reduce((current, key) => mark(current, key, change, `an expression of it may name the renamed value '${from}'`), edited)
}

/** True where a check or a predicate holds the label as text: which type it has there can't be told. */
function mentions(table: Table, label: string): boolean {
  const text = quoteText(label)
  return table.constraints.some((c) => c.expression?.includes(text)) || table.indexes.some((i) => i.where?.includes(text))
}

/** A default that is the label, cast or not, with its new text; undefined where that is not sure. */
function relabelled(text: string, from: string, to: string): string | undefined {
  if (!text.includes(quoteText(from))) return text
  const node = parseExpression(text)
  const constant = (node.TypeCast?.arg ?? node) as PgNode
  const literal = scan(text)[0]
  if (constant.A_Const?.sval?.sval !== from || literal?.name !== 'SCONST') return undefined
  const renamed = quoteText(to) + Buffer.from(text).subarray(literal.end).toString()
  constant.A_Const.sval.sval = to
  try {
    return shape(parseExpression(renamed)) === shape(node) ? renamed : undefined
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}
