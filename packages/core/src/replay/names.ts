import type { Table, TableName } from '../catalog/catalog.ts'
import { tableKey } from '../relation.ts'

type Tables = ReadonlyMap<TableName, Table>

/** What is found of tables by other things than their names, so that it does not mean looking at every table. It belongs to the newest tables and moves on with them. */
interface Names {
  /** How many constraints have the name, by schema. */
  readonly constraints: Map<string, Map<string, number>>
  /** The table that has the index, by schema. */
  readonly indexes: Map<string, Map<string, TableName>>
  /** Children and partitions by parent. */
  readonly children: Map<TableName, readonly TableName[]>
  /** How many foreign keys point at a table, by the table that has them. */
  readonly referrers: Map<TableName, Map<TableName, number>>
  readonly temporary: Set<TableName>
}

/** A difference of one table that {@link Names} do not hold yet. */
interface Step {
  readonly before: Tables
  readonly old: Table | undefined
  readonly next: Table | undefined
  readonly depth: number
}

/** Steps that may wait until somebody asks. */
const PATIENCE = 64

const known = new WeakMap<Tables, Names>()
const waiting = new WeakMap<Tables, Step>()

/** True where a constraint in that schema, of whichever table, has the name. PostgreSQL 18's NOT NULL constraints count too. */
export function isConstraintName(tables: Tables, schema: string, name: string): boolean {
  return namesOf(tables).constraints.get(schema)?.has(name) ?? false
}

/** The table whose index has that name in a schema. */
export function tableOfIndex(tables: Tables, schema: string, name: string): TableName | undefined {
  return namesOf(tables).indexes.get(schema)?.get(name)
}

/** Tables that inherit from a table, and its partitions, in the order in which they came. */
export function childrenOf(tables: Tables, key: TableName): readonly TableName[] {
  return namesOf(tables).children.get(key) ?? []
}

/** Tables with a foreign key that points at a table, the table itself included. */
export function referrers(tables: Tables, key: TableName): TableName[] {
  return [...(namesOf(tables).referrers.get(key)?.keys() ?? [])]
}

/** Tables that end with the session. */
export function temporaryTables(tables: Tables): TableName[] {
  return [...namesOf(tables).temporary]
}

/** Says that tables differ from others in one table, so that what is known of those can be carried over. */
export function namesFollow(before: Tables, after: Tables, old: Table | undefined, next: Table | undefined): void {
  const depth = (waiting.get(before)?.depth ?? 0) + 1
  if (depth > PATIENCE) namesOf(before)
  waiting.set(after, { before, old, next, depth: depth > PATIENCE ? 1 : depth })
}

function namesOf(tables: Tables): Names {
  const steps: Step[] = []
  let at = tables
  for (let step = waiting.get(at); step && !known.has(at); step = waiting.get(at)) {
    waiting.delete(at)
    steps.push(step)
    at = step.before
  }
  let names = known.get(at)
  if (names) {
    known.delete(at)
    follow(names, steps.reverse())
  } else {
    names = { constraints: new Map(), indexes: new Map(), children: new Map(), referrers: new Map(), temporary: new Set() }
    for (const table of tables.values()) change(names, undefined, table)
  }
  known.set(tables, names)
  return names
}

/** A table that is changed several times in a row is compared once. */
function follow(names: Names, steps: readonly Step[]): void {
  for (let i = 0; i < steps.length; i++) {
    const { old, next: first } = steps[i] as Step
    let next = first
    for (; next && steps[i + 1]?.old === next; i++) next = steps[i + 1]?.next
    change(names, old, next)
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
  between(old?.indexes, next?.indexes, ({ name }, by) => {
    if (by > 0) indexes.set(name, key)
    else indexes.delete(name)
  })
  between(old?.parents, next?.parents, (parent, by) => {
    const others = names.children.get(parent) ?? []
    names.children.set(parent, by > 0 ? [...others, key] : others.filter((child) => child !== key))
  })
  if (next?.persistence === 'temporary') names.temporary.add(key)
  else names.temporary.delete(key)
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

function inside<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = maps.get(key)
  if (!found) {
    found = new Map()
    maps.set(key, found)
  }
  return found
}

function count<K>(counts: Map<K, number>, key: K, by: 1 | -1): void {
  const left = (counts.get(key) ?? 0) + by
  if (left > 0) counts.set(key, left)
  else counts.delete(key)
}
