import type { Table, TableName } from '../catalog/catalog.ts'
import { tableKey } from '../sql/relation.ts'

type Tables = ReadonlyMap<TableName, Table>

/**
 * What is found of tables by other things than their names, so that it does not mean looking at every table. It is changed in place and belongs to one state of the
 * tables; from the others leads a path of differences to it, which is walked when they are asked about.
 */
interface Names {
  /** Constraints by schema and name. */
  readonly constraints: Map<string, Counts<string>>
  /** The table that has the index, by schema and name; several where the history is not what it seems. */
  readonly indexes: Map<string, Map<string, Counts<TableName>>>
  /** Children and partitions by parent. */
  readonly children: Map<TableName, Counts<TableName>>
  /** Tables with foreign keys, by what they point at. */
  readonly referrers: Map<TableName, Counts<TableName>>
  /** Tables with row security policies. */
  readonly guarded: Counts<TableName>
}

/** How many there are of each. */
type Counts<K> = Map<K, number>

/** The difference of one table that leads from another state to this one. */
interface Step {
  readonly from: Tables
  readonly old: Table | undefined
  readonly next: Table | undefined
  readonly depth: number
}

/** Steps that may wait until somebody asks. */
const PATIENCE = 64

const known = new WeakMap<Tables, Names>()
/** Temporary tables, asked about at each statement; absent where there are none. */
const temporary = new WeakMap<Tables, readonly TableName[]>()
const steps = new WeakMap<Tables, Step>()

/** True where a constraint in that schema, of whichever table, has the name. PostgreSQL 18's NOT NULL constraints count too. */
export function isConstraintName(tables: Tables, schema: string, name: string): boolean {
  return namesOf(tables).constraints.get(schema)?.has(name) ?? false
}

/** The table whose index has that name in a schema. */
export function tableOfIndex(tables: Tables, schema: string, name: string): TableName | undefined {
  return [...(namesOf(tables).indexes.get(schema)?.get(name)?.keys() ?? [])].sort()[0]
}

/** Tables that inherit from a table, and its partitions, in the order in which they came. */
export function childrenOf(tables: Tables, key: TableName): readonly TableName[] {
  const children = [...(namesOf(tables).children.get(key)?.keys() ?? [])]
  return children.length < 2 ? children : [...tables.keys()].filter((other) => children.includes(other))
}

/** Tables with a foreign key that points at a table, the table itself included, sorted. */
export function referrers(tables: Tables, key: TableName): TableName[] {
  return [...(namesOf(tables).referrers.get(key)?.keys() ?? [])].sort()
}

/** Tables with row security policies, sorted. */
export function guardedTables(tables: Tables): TableName[] {
  return [...namesOf(tables).guarded.keys()].sort()
}

/** Tables that end with the session. */
export function temporaryTables(tables: Tables): readonly TableName[] {
  return temporary.get(tables) ?? []
}

/** Says that tables differ from others in one table, so that what is known of those can be carried over. */
export function namesFollow(before: Tables, after: Tables, old: Table | undefined, next: Table | undefined): void {
  noteTemporary(before, after, old, next)
  const depth = (steps.get(before)?.depth ?? 0) + 1
  if (depth > PATIENCE) namesOf(before)
  steps.set(after, { from: before, old, next, depth: depth > PATIENCE ? 1 : depth })
}

function noteTemporary(before: Tables, after: Tables, old: Table | undefined, next: Table | undefined): void {
  const standing = temporaryTables(before)
  if (standing.length === 0 && next?.persistence !== 'temporary') return
  const gone = old?.persistence === 'temporary' ? tableKey(old.name, old.schema) : undefined
  const come = next?.persistence === 'temporary' ? [tableKey(next.name, next.schema)] : []
  const rest = standing.filter((key) => key !== gone && !come.includes(key))
  if (rest.length + come.length > 0) temporary.set(after, [...rest, ...come])
}

function namesOf(tables: Tables): Names {
  let names = known.get(tables)
  if (names) return names
  const path: [to: Tables, step: Step][] = []
  let at = tables
  for (let step = steps.get(at); step && !known.has(at); step = steps.get(at)) {
    path.push([at, step])
    at = step.from
  }
  names = known.get(at)
  if (names) {
    known.delete(at)
    follow(names, path.reverse())
  } else {
    names = { constraints: new Map(), indexes: new Map(), children: new Map(), referrers: new Map(), guarded: new Map() }
    for (const table of tables.values()) change(names, undefined, table)
  }
  known.set(tables, names)
  return names
}

/** Walks the path and turns it round. A table that is changed several times in a row is compared once. */
function follow(names: Names, path: readonly [to: Tables, step: Step][]): void {
  for (let i = 0; i < path.length; i++) {
    const { old, next: first } = (path[i] as [Tables, Step])[1]
    let next = first
    for (; next && path[i + 1]?.[1].old === next; i++) next = path[i + 1]?.[1].next
    change(names, old, next)
  }
  for (const [to, { from, old, next }] of path) {
    steps.delete(to)
    steps.set(from, { from: to, old: next, next: old, depth: 0 })
  }
}

function change(names: Names, old: Table | undefined, next: Table | undefined): void {
  if (old && next && (old.schema !== next.schema || old.name !== next.name)) {
    change(names, old, undefined)
    change(names, undefined, next)
    return
  }
  const table = next ?? old
  if (!table) return
  const key = tableKey(table.name, table.schema)
  const constraints = inside(names.constraints, table.schema)
  between(old?.columns, next?.columns, (column, by) => {
    if (column.notNullConstraint) count(constraints, column.notNullConstraint.name, by)
  })
  between(old?.constraints, next?.constraints, ({ name, references }, by) => {
    count(constraints, name, by)
    if (references) count(inside(names.referrers, references.table), key, by)
  })
  const indexes = inside(names.indexes, table.schema)
  between(old?.indexes, next?.indexes, ({ name }, by) => count(inside(indexes, name), key, by))
  between(old?.policies, next?.policies, (_, by) => count(names.guarded, key, by))
  between(old?.parents, next?.parents, (parent, by) => count(inside(names.children, parent), key, by))
}

/** Tells of each item that only one of two lists has: -1 for the old one, first, +1 for the new one. Lists that grow from each other share most of their items. */
function between<T>(old: readonly T[] = [], next: readonly T[] = [], tell: (item: T, by: 1 | -1) => void): void {
  if (old === next) return
  let start = 0
  while (start < old.length && start < next.length && old[start] === next[start]) start++
  let [oldEnd, nextEnd] = [old.length, next.length]
  while (oldEnd > start && nextEnd > start && old[oldEnd - 1] === next[nextEnd - 1]) {
    oldEnd--
    nextEnd--
  }
  for (let i = start; i < oldEnd; i++) tell(old[i] as T, -1)
  for (let i = start; i < nextEnd; i++) tell(next[i] as T, 1)
}

/** The map under a key, made where there is none. */
function inside<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = maps.get(key)
  if (!found) {
    found = new Map()
    maps.set(key, found)
  }
  return found
}

function count<K>(counts: Counts<K>, key: K, by: 1 | -1): void {
  const left = (counts.get(key) ?? 0) + by
  if (left > 0) counts.set(key, left)
  else counts.delete(key)
}
