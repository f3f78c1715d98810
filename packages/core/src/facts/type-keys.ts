import { type Catalog, type Column, type Constraint, column, type TableName, type TypeName } from '../catalog/catalog.ts'
import { referrers } from '../replay/names.ts'
import { listedName, pathway, type Types } from './pathway.ts'
import { comparedAs, isPolymorphic } from './rebuilt-indexes.ts'

/** A foreign key with the column on one of its sides. */
export interface KeyOnColumn {
  /** The table that has the constraint. */
  readonly table: TableName
  readonly constraint: Constraint
  /** Type of the column at the other end, where it is known. */
  readonly other?: TypeName
  /** The column is the one that points; else the one that is pointed at. */
  readonly points: boolean
}

/** Every foreign key with a column of that name of one of these tables at either end. */
export function foreignKeysOn(catalog: Catalog, tables: readonly TableName[], name: string): KeyOnColumn[] {
  const found: KeyOnColumn[] = []
  for (const key of new Set([...tables, ...tables.flatMap((table) => referrers(catalog.tables, table))])) {
    const table = catalog.tables.get(key)
    for (const constraint of table?.constraints ?? []) {
      const { references, columns } = constraint
      if (!references) continue
      const parent = catalog.tables.get(references.table)
      const ends =
        references.columns.length > 0 ? references.columns : (parent?.constraints.find((c) => c.kind === 'primary')?.columns ?? [])
      const [at, end] = [columns.indexOf(name), ends.indexOf(name)]
      if (at >= 0 && tables.includes(key)) found.push(keyOn(key, constraint, column(parent, ends[at] ?? ''), true))
      if (end >= 0 && tables.includes(references.table)) found.push(keyOn(key, constraint, column(table, columns[end] ?? ''), false))
    }
  }
  return found
}

function keyOn(table: TableName, constraint: Constraint, other: Column | undefined, points: boolean): KeyOnColumn {
  return { table, constraint, points, ...(other && { other: other.type }) }
}

/** Types that one btree operator family compares with each other. */
const FAMILIES: readonly (readonly string[])[] = [
  ['smallint', 'integer', 'bigint'],
  ['real', 'double precision'],
  ['date', 'timestamp without time zone', 'timestamp with time zone'],
  ['text', 'name'],
]

/** What a foreign key does when the column has another type. */
export type KeyChange = 'same comparison' | 'other comparison' | { readonly code: string; readonly reason: string }

/** `from` and `to` are the column's types; `isCopied`: its table is rewritten. */
export function keyChange(key: KeyOnColumn, from: TypeName, to: TypeName, isCopied: boolean, types: Types, postgres: number): KeyChange {
  const { other } = key
  if (other === undefined) return 'other comparison'
  const equality = (type: TypeName) => (key.points ? equalityOf(other, type, types, postgres) : equalityOf(type, other, types, postgres))
  const [before, after] = [equality(from), equality(to)]
  const name = `the foreign key "${key.constraint.name}"`
  if (!after) return { code: '42804', reason: `${name} would compare ${to} with ${other}` }
  // Looking for whether the old comparison holds, PostgreSQL asks for a cast to "any array", and finds none.
  if (!isCopied && isPolymorphic(to, types)) return { code: 'XX000', reason: `PostgreSQL does not get over ${name} on ${to}` }
  return before === after ? 'same comparison' : 'other comparison'
}

/** The operator that compares a key with the column that points at it, undefined for none: by their own types, or by the key's. */
function equalityOf(keyType: TypeName, pointing: TypeName, types: Types, postgres: number): string | undefined {
  const [key, other] = [comparedAs(keyType, types, postgres), listedName(pointing, types)]
  if (isPolymorphic(keyType, types)) return key === other && [keyType, pointing].every((t) => isArrayOrNoDomain(t, types)) ? key : undefined
  if (key === other || FAMILIES.some((f) => f.includes(key) && f.includes(other))) return `${key} = ${other} from the same bytes`
  const way = pathway(pointing, key, 'implicit', types, postgres)
  return way && `${key} = ${key} from ${way === 'function' ? other : 'the same bytes'}`
}

/** A domain over an array is an array to PostgreSQL; one over an enum, a range or a row is none of those. */
function isArrayOrNoDomain(type: TypeName, types: Types): boolean {
  return !types.domains.has(type) || listedName(type, types).endsWith('[]')
}
