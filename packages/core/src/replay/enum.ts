import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import { userType } from '../sql/type-name.ts'
import type { Change, Handler } from './change.ts'
import { editTables, mapSame, mapValues, mark, withEntry } from './edit.ts'
import { relabelled } from './labels.ts'
import { tablesOfType } from './tables-of-type.ts'
import { editDomainTexts, editTexts } from './texts.ts'

/** CREATE TYPE … AS ENUM. */
export const createEnum: Handler = (catalog, fields, change) => {
  const type = userType(strings(fields.typeName))
  if (catalog.enums.has(type)) return doubt(catalog, type, change, `the enum ${type} is created while it stands already`)
  return withLabels(catalog, type, labelsOf(fields.vals))
}

/** ALTER TYPE … ADD VALUE and RENAME VALUE. */
export const alterEnum: Handler = (catalog, fields, change) => {
  const type = userType(strings(fields.typeName))
  const labels = catalog.enums.get(type)
  if (!labels) return doubt(catalog, type, change, `no statement before this one creates the enum ${type}`)
  // An empty text is left out of the tree.
  const value = (fields.newVal as string | undefined) ?? ''
  if (fields.oldVal !== undefined) return renameLabel(catalog, type, labels, fields.oldVal, value, change)
  if (labels.includes(value)) {
    return fields.skipIfNewValExists ? catalog : doubt(catalog, type, change, `the enum ${type} has the value '${value}' already`)
  }
  if (fields.newValNeighbor === undefined) return withLabels(catalog, type, [...labels, value])
  const at = labels.indexOf(fields.newValNeighbor)
  if (at < 0) return doubt(catalog, type, change, `the enum ${type} has no value '${fields.newValNeighbor}'`)
  return withLabels(catalog, type, labels.toSpliced(fields.newValIsAfter ? at + 1 : at, 0, value))
}

function labelsOf(list: readonly PgNode[] | undefined): string[] {
  return (list ?? []).map((n) => (n.String?.sval as string | undefined) ?? '')
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
    const follow = (text: string, own?: string): string => {
      const followed = relabelled(text, type, from, to, own, table)
      if (followed === undefined) doubts.push(key)
      return followed ?? text
    }
    const columns = mapSame(table.columns, (c) => {
      const text = c.default === undefined ? undefined : follow(c.default, c.type)
      return text === c.default || text === undefined ? c : { ...c, default: text }
    })
    // What stands in a default has been followed already, so that it stays the same.
    return editTexts(columns === table.columns ? table : { ...table, columns }, (text) =>
      columns.some((c) => c.default === text) ? text : follow(text),
    )
  })
  const domains = mapValues(edited.domains, (domain) =>
    editDomainTexts(domain, (text) => relabelled(text, type, from, to, domain.base) ?? text),
  )
  const after: Catalog = { ...edited, domains }
  return doubts.reduce((current, key) => mark(current, key, change, `an expression of it may name the renamed value '${from}'`), after)
}
