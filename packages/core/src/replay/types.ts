import type { Catalog, Table, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { bareType, splitType, typeName, userType } from '../sql/type-name.ts'
import type { Change, Handler } from './change.ts'
import { dropColumn } from './drop-column.ts'
import { mark, putTable, withEntry } from './edit.ts'
import { columnFollowed } from './rename-column.ts'

/** CREATE TYPE … AS (…). */
export const createComposite: Handler = (catalog, fields) => {
  const attributes = ((fields.coldeflist ?? []) as PgNode[]).map(({ ColumnDef: d }) => ({
    name: d.colname as string,
    type: typeName(d.typeName),
  }))
  return { ...catalog, composites: withEntry(catalog.composites, typeOfRange(fields.typevar), attributes) }
}

/** ALTER TYPE of a composite: one attribute after the other. By CASCADE tables of the type follow. */
export function alterComposite(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const type = typeOfRange(fields.relation)
  if (!catalog.composites.has(type)) return catalog
  const altered = (fields.cmds as PgNode[]).reduce<Catalog>(
    (current, { AlterTableCmd: cmd }) => alterAttribute(current, type, cmd, change),
    catalog,
  )
  // A default has as many values as the type had then: PostgreSQL goes on from what it made of it.
  const rows = [...altered.tables].filter(([, t]) => t.columns.some((c) => bareType(c.type) === type && c.default !== undefined))
  return rows.reduce(
    (current, [key]) => mark(current, key, change, `a default of it is a row of ${type}, which gets other attributes`),
    altered,
  )
}

function alterAttribute(catalog: Catalog, type: string, cmd: PgNode, change: Change): Catalog {
  const def = cmd.def?.ColumnDef as PgNode | undefined
  const attributes = catalog.composites.get(type) ?? []
  const put = (next: readonly Attribute[]): Catalog => ({ ...catalog, composites: withEntry(catalog.composites, type, next) })
  switch (cmd.subtype) {
    case 'AT_AddColumn': {
      const added = { name: def?.colname as string, type: typeName(def?.typeName) }
      return withTablesOf(put([...attributes, added]), type, (current, key, table) =>
        putTable(current, key, { ...table, columns: [...table.columns, { ...added, notNull: false }] }),
      )
    }
    case 'AT_DropColumn':
      return withTablesOf(put(attributes.filter((a) => a.name !== cmd.name)), type, (current, key) =>
        dropColumn(current, key, cmd.name, change, { missingOk: true, cascade: true }),
      )
    case 'AT_AlterColumnType': {
      const retyped = <T extends Attribute>(a: T): T => (a.name === cmd.name ? { ...a, type: typeName(def?.typeName) } : a)
      return withTablesOf(put(attributes.map(retyped)), type, (current, key, table) =>
        putTable(current, key, { ...table, columns: table.columns.map(retyped) }),
      )
    }
    default:
      return catalog
  }
}

interface Attribute {
  readonly name: string
  readonly type: string
}

function withTablesOf(catalog: Catalog, type: string, edit: (current: Catalog, key: TableName, table: Table) => Catalog): Catalog {
  const typed = [...catalog.tables].filter(([, table]) => table.ofType === type)
  return typed.reduce((current, [key, table]) => edit(current, key, table), catalog)
}

/** ALTER TYPE … RENAME ATTRIBUTE, which ALTER TABLE … RENAME COLUMN can say too. */
export function renameAttribute(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const type = typeOfRange(fields.relation)
  const [from, to] = [fields.subname as string, fields.newname as string]
  const attributes = catalog.composites.get(type)?.map((a) => (a.name === from ? { ...a, name: to } : a))
  if (!attributes) return catalog
  const renamed: Catalog = { ...catalog, composites: withEntry(catalog.composites, type, attributes) }
  return withTablesOf(renamed, type, (current, key) => columnFollowed(current, { table: key, name: from }, to, change))
}

/** Types, of whichever kind, that the history made in a schema: full names and bare ones, unquoted. */
export function typesOfSchema(catalog: Catalog, schema: string): { readonly type: string; readonly name: string }[] {
  const multiranges = [...(catalog.ranges?.values() ?? [])].map((r) => r.multirange)
  const all = [
    ...catalog.enums.keys(),
    ...catalog.domains.keys(),
    ...catalog.composites.keys(),
    ...(catalog.ranges?.keys() ?? []),
    ...multiranges,
  ]
  return all.flatMap((type) => {
    const [first, name] = splitType(type)
    return first === schema ? [{ type, name }] : []
  })
}

/** True where the history made a type of this full name. */
export function hasType(catalog: Catalog, type: string): boolean {
  return (
    catalog.enums.has(type) ||
    catalog.domains.has(type) ||
    catalog.composites.has(type) ||
    catalog.ranges?.has(type) === true ||
    [...(catalog.ranges?.values() ?? [])].some((r) => r.multirange === type)
  )
}

function typeOfRange(range: PgNode): string {
  return userType([...(range.schemaname ? [range.schemaname as string] : []), range.relname as string])
}
