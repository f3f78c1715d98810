import type { Catalog, Column, Index, IndexKey, TableName, TypeName } from '../catalog/catalog.ts'
import { type PgNode, parseStatement } from '../sql/parser.ts'
import { CLASSES } from './casts.ts'
import { mentions } from './mentions.ts'
import { listedName, readTable, type Types } from './pathway.ts'
import { typeParts } from './type-parts.ts'

interface Change {
  readonly to: TypeName
  readonly collation?: string
  readonly postgres: number
}

/**
 * Indexes of one table that PostgreSQL builds anew for a change of type that copies no rows: it keeps an index only where each key is a plain column with the same
 * operator class and collation as before. Expressions and predicates are not looked into; INCLUDE columns do not matter.
 */
export function rebuiltIndexes(catalog: Catalog, table: TableName, old: Column, change: Change): { table: TableName; index: string }[] {
  const { indexes = [] } = catalog.tables.get(table) ?? {}
  return indexes
    .filter((index) => hangsOn(index, old.name) && !isKept(index, old, change, catalog))
    .map((index) => ({ table, index: index.name }))
}

function hangsOn(index: Index, column: string): boolean {
  return (
    index.keys.some((k) => k.column === column || mentions(k.expression, column)) ||
    index.include.includes(column) ||
    mentions(index.where, column)
  )
}

function isKept(index: Index, old: Column, change: Change, types: Types): boolean {
  // A partition's part of an index is made anew with the whole.
  if (!index.valid || index.parent !== undefined || index.where !== undefined || index.keys.some((k) => k.column === undefined))
    return false
  return index.keys.every((key) => key.column !== old.name || keepsKey(index.method, key, old, change, types))
}

function keepsKey(method: string, key: IndexKey, old: Column, change: Change, types: Types): boolean {
  const { collated, classed } = named(key.options)
  if (!collated && collationOf(old.type, old.collation, types) !== collationOf(change.to, change.collation, types)) return false
  // GIN stores the elements: what it remembers is never the type of the column.
  if (isPolymorphic(old.type, types)) return method !== 'gin' && typeParts(old.type).base === typeParts(change.to).base
  return classed || sameClass(old.type, change.to, types, change.postgres, method)
}

/** The type that the default btree operator class of a type is made for: `text` for `character varying`, whose values it takes as they are. */
export function comparedAs(type: TypeName, types: Types, postgres: number): string {
  const name = listedName(type, types)
  const of = classesOn(postgres).get(name)?.get('btree')?.replace(/_ops$/, '')
  return of !== undefined && classesOn(postgres).has(of) ? of : name
}

/** True where an index of the method that names no operator class has the same one for both types. */
function sameClass(from: TypeName, to: TypeName, types: Types, postgres: number, method: string): boolean {
  const [a, b] = [listedName(from, types), listedName(to, types)]
  const classes = classesOn(postgres)
  return a === b || (classes.has(a) && classes.get(a)?.get(method) === classes.get(b)?.get(method))
}

/** Operator classes of arrays, enums, ranges and rows are made for any such type, and an index remembers which. */
export function isPolymorphic(type: TypeName, types: Types): boolean {
  const name = listedName(type, types)
  return name.endsWith('[]') || name.endsWith('range') || types.enums.has(name) || types.composites.has(name)
}

/** A column's own collation, else that of its domain; undefined for the type's. */
function collationOf(type: TypeName, collation: string | undefined, types: Types): string | undefined {
  const domain = types.domains.get(type)
  return collation ?? (domain && collationOf(domain.base, domain.collation, types))
}

/** Whether a key names its own collation and operator class. */
function named(options: string): { collated: boolean; classed: boolean } {
  if (options === '') return { collated: false, classed: false }
  const statement = parseStatement(`CREATE INDEX ON t (c ${options})`)
  const key = statement.IndexStmt?.indexParams?.[0]?.IndexElem as PgNode
  return { collated: key.collation !== undefined, classed: key.opclass !== undefined }
}

const classes = new Map<number, ReadonlyMap<string, ReadonlyMap<string, string>>>()

function classesOn(postgres: number): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = classes.get(postgres) ?? readTable(CLASSES, postgres)
  classes.set(postgres, found)
  return found
}
