import type { Table, TableName } from '../catalog/catalog.ts'
import { LayeredMap } from '../catalog/layered-map.ts'
import { tableKey } from '../relation.ts'

type Tables = ReadonlyMap<TableName, Table>

/** Which names are taken in which schema, so that finding one does not mean looking at every table. */
interface Names {
  /** How many constraints of a schema have the name. */
  readonly constraints: LayeredMap<string, number>
  /** The table that has the index. */
  readonly indexes: LayeredMap<string, TableName>
  /** Children and partitions by parent. */
  readonly children: LayeredMap<TableName, readonly TableName[]>
  readonly temporary: LayeredMap<TableName, true>
}

const known = new WeakMap<Tables, Names>()

const inSchema = (schema: string, name: string): string => `${schema}\0${name}`

/** True where a constraint in that schema, of whichever table, has the name. PostgreSQL 18's NOT NULL constraints count too. */
export function isConstraintName(tables: Tables, schema: string, name: string): boolean {
  return namesOf(tables).constraints.has(inSchema(schema, name))
}

/** The table whose index has that name in a schema. */
export function tableOfIndex(tables: Tables, schema: string, name: string): TableName | undefined {
  return namesOf(tables).indexes.get(inSchema(schema, name))
}

/** Tables that inherit from a table, and its partitions, in the order in which they came. */
export function childrenOf(tables: Tables, key: TableName): readonly TableName[] {
  return namesOf(tables).children.get(key) ?? []
}

/** Tables that end with the session. */
export function temporaryTables(tables: Tables): TableName[] {
  return [...namesOf(tables).temporary.keys()]
}

/** Carries what is known of the names over to tables that differ from others in one table. */
export function namesFollow(before: Tables, after: Tables, old: Table | undefined, next: Table | undefined): void {
  const names = known.get(before) ?? (before.size === 0 ? EMPTY : undefined)
  if (names) known.set(after, changed(names, old, next))
}

const EMPTY: Names = { constraints: LayeredMap.over(new Map()), indexes: LayeredMap.over(new Map()), children: LayeredMap.over(new Map()), temporary: LayeredMap.over(new Map()) }

function namesOf(tables: Tables): Names {
  let names = known.get(tables)
  if (!names) {
    names = EMPTY
    for (const table of tables.values()) names = changed(names, undefined, table)
    known.set(tables, names)
  }
  return names
}

function changed(names: Names, old: Table | undefined, next: Table | undefined): Names {
  let { constraints, indexes, children, temporary } = names
  if (old?.constraints !== next?.constraints || old?.columns !== next?.columns || old?.schema !== next?.schema) {
    const [gone, come] = difference(constraintNames(old), constraintNames(next))
    for (const key of gone) {
      const left = (constraints.get(key) ?? 1) - 1
      constraints = left > 0 ? constraints.with(key, left) : constraints.without(key)
    }
    for (const key of come) constraints = constraints.with(key, (constraints.get(key) ?? 0) + 1)
  }
  if (old?.indexes !== next?.indexes || old?.schema !== next?.schema || old?.name !== next?.name) {
    for (const index of old?.indexes ?? []) indexes = indexes.without(inSchema(old?.schema ?? '', index.name))
    for (const index of next?.indexes ?? []) indexes = indexes.with(inSchema(next?.schema ?? '', index.name), keyOf(next))
  }
  if (old?.parents !== next?.parents) {
    for (const parent of old?.parents ?? []) children = children.with(parent, (children.get(parent) ?? []).filter((c) => c !== keyOf(old)))
    for (const parent of next?.parents ?? []) children = children.with(parent, [...(children.get(parent) ?? []), keyOf(next)])
  }
  if (old?.persistence === 'temporary') temporary = temporary.without(keyOf(old))
  if (next?.persistence === 'temporary') temporary = temporary.with(keyOf(next), true)
  return { constraints, indexes, children, temporary }
}

function difference(old: readonly string[], next: readonly string[]): [gone: string[], come: string[]] {
  if (old.length === 0) return [[], [...next]]
  const rest = [...old]
  const come = next.filter((name) => {
    const at = rest.indexOf(name)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
  return [rest, come]
}

function keyOf(table: Table | undefined): TableName {
  return tableKey(table?.name ?? '', table?.schema)
}

function constraintNames(table: Table | undefined): string[] {
  if (!table) return []
  const notNulls = table.columns.flatMap((c) => (c.notNullConstraint ? [c.notNullConstraint.name] : []))
  return [...table.constraints.map((c) => c.name), ...notNulls].map((name) => inSchema(table.schema, name))
}
