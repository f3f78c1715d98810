import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { strings, tableKey } from '../relation.ts'
import { splitType, typeName, userType } from '../type-name.ts'
import type { Handler } from './change.ts'
import { withEntry } from './edit.ts'

/** CREATE TYPE … AS (…). */
export const createComposite: Handler = (catalog, fields) => {
  const attributes = ((fields.coldeflist ?? []) as PgNode[]).map(({ ColumnDef: d }) => ({ name: d.colname as string, type: typeName(d.typeName) }))
  return { ...catalog, composites: withEntry(catalog.composites, typeOfRange(fields.typevar), attributes) }
}

/** ALTER TYPE of a composite: one attribute after the other. */
export function alterComposite(catalog: Catalog, fields: PgNode): Catalog {
  const type = typeOfRange(fields.relation)
  let attributes = catalog.composites.get(type)
  if (!attributes) return catalog
  for (const { AlterTableCmd: cmd } of fields.cmds as PgNode[]) {
    const def = cmd.def?.ColumnDef as PgNode | undefined
    if (cmd.subtype === 'AT_AddColumn' && def) attributes = [...attributes, { name: def.colname, type: typeName(def.typeName) }]
    if (cmd.subtype === 'AT_DropColumn') attributes = attributes.filter((a) => a.name !== cmd.name)
    if (cmd.subtype === 'AT_AlterColumnType' && def)
      attributes = attributes.map((a) => (a.name === cmd.name ? { ...a, type: typeName(def.typeName) } : a))
  }
  return { ...catalog, composites: withEntry(catalog.composites, type, attributes) }
}

/** ALTER TYPE … RENAME ATTRIBUTE. */
export function renameAttribute(catalog: Catalog, fields: PgNode): Catalog {
  const type = typeOfRange(fields.relation)
  const attributes = catalog.composites.get(type)?.map((a) => (a.name === fields.subname ? { ...a, name: fields.newname as string } : a))
  return attributes ? { ...catalog, composites: withEntry(catalog.composites, type, attributes) } : catalog
}

/** Types, of whichever kind, that the history made in a schema: full names and bare ones, unquoted. */
export function typesOfSchema(catalog: Catalog, schema: string): { readonly type: string; readonly name: string }[] {
  const multiranges = [...(catalog.ranges?.values() ?? [])].map((r) => r.multirange)
  const all = [...catalog.enums.keys(), ...catalog.domains.keys(), ...catalog.composites.keys(), ...(catalog.ranges?.keys() ?? []), ...multiranges]
  return all.flatMap((type) => {
    const [first, name] = splitType(type)
    return first === schema ? [{ type, name }] : []
  })
}

/** True where the history made a type of this full name. */
export function hasType(catalog: Catalog, type: string): boolean {
  return (
    catalog.enums.has(type) || catalog.domains.has(type) || catalog.composites.has(type) || catalog.ranges?.has(type) === true ||
    [...(catalog.ranges?.values() ?? [])].some((r) => r.multirange === type)
  )
}

/** True where the name is a composite type's, which ALTER TABLE and DROP TYPE may mean. */
export function isComposite(catalog: Catalog, range: PgNode): boolean {
  return catalog.composites.has(typeOfRange(range)) && !catalog.tables.has(tableKey(range.relname, range.schemaname))
}

function typeOfRange(range: PgNode): string {
  return userType([...(range.schemaname ? [range.schemaname as string] : []), range.relname as string])
}

/** The full name of a type by its parts in a tree. */
export function typeOfNames(names: readonly PgNode[] | undefined): string {
  return userType(strings(names))
}
