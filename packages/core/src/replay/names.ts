import type { Table, TableName } from '../catalog/catalog.ts'

type Tables = ReadonlyMap<TableName, Table>

/**
 * Where to look for what is found of tables by other things than their names, so that it does not mean looking at every table. All states of the tables that come from
 * one another share it: it only grows, and says which tables have had something in any of them. Whoever asks looks whether the table has it in his.
 */
interface Places {
  /** Tables by the names of their constraints, PostgreSQL 18's NOT NULL ones among them. */
  readonly constraints: Map<string, Set<TableName>>
  /** Tables by the names of their indexes. */
  readonly indexes: Map<string, Set<TableName>>
  /** Children and partitions by parent. */
  readonly children: Map<TableName, Set<TableName>>
  /** Tables with foreign keys, by what they point at. */
  readonly referrers: Map<TableName, Set<TableName>>
  /** Tables with row security policies. */
  readonly guarded: Set<TableName>
}

const known = new WeakMap<Tables, Places>()
/** Temporary tables, asked about at each statement; absent where there are none. */
const temporary = new WeakMap<Tables, readonly TableName[]>()

/** True where a constraint in that schema, of whichever table, has the name. PostgreSQL 18's NOT NULL constraints count too. */
export function isConstraintName(tables: Tables, schema: string, name: string): boolean {
  const places = placesOf(tables).constraints.get(name)
  if (!places) return false
  const has = (table: Table): boolean =>
    table.schema === schema &&
    (table.constraints.some((c) => c.name === name) || table.columns.some((c) => c.notNullConstraint?.name === name))
  return found(tables, places, has).length > 0
}

/** The table whose index has that name in a schema; the first by its name, of several. */
export function tableOfIndex(tables: Tables, schema: string, name: string): TableName | undefined {
  const places = placesOf(tables).indexes.get(name)
  if (!places) return undefined
  return found(tables, places, (table) => table.schema === schema && table.indexes.some((i) => i.name === name)).sort()[0]
}

/** Tables that inherit from a table, and its partitions, in the order in which they came. */
export function childrenOf(tables: Tables, key: TableName): readonly TableName[] {
  const children = found(tables, placesOf(tables).children.get(key), (table) => table.parents?.includes(key) === true)
  return children.length < 2 ? children : [...tables.keys()].filter((other) => children.includes(other))
}

/** Tables with a foreign key that points at a table, the table itself included, sorted. */
export function referrers(tables: Tables, key: TableName): TableName[] {
  const pointsAt = (table: Table): boolean => table.constraints.some((c) => c.references?.table === key)
  return found(tables, placesOf(tables).referrers.get(key), pointsAt).sort()
}

/** Tables with row security policies, sorted. */
export function guardedTables(tables: Tables): TableName[] {
  return found(tables, placesOf(tables).guarded, (table) => table.policies.length > 0).sort()
}

/** Tables that end with the session. */
export function temporaryTables(tables: Tables): readonly TableName[] {
  return temporary.get(tables) ?? []
}

function found(tables: Tables, places: ReadonlySet<TableName> | undefined, has: (table: Table) => boolean): TableName[] {
  const keys: TableName[] = []
  for (const key of places ?? []) {
    const table = tables.get(key)
    if (table && has(table)) keys.push(key)
  }
  return keys
}

/** Says that tables differ from others in what stands under one key, so that what is known of those serves these too. */
export function namesFollow(before: Tables, after: Tables, key: TableName, old: Table | undefined, next: Table | undefined): void {
  noteTemporary(before, after, key, old, next)
  const places = placesOf(before)
  if (next) note(places, key, old, next)
  known.set(after, places)
}

function noteTemporary(before: Tables, after: Tables, key: TableName, old: Table | undefined, next: Table | undefined): void {
  const standing = temporaryTables(before)
  const comes = next?.persistence === 'temporary'
  if (standing.length === 0 && !comes) return
  const rest = old?.persistence === 'temporary' || comes ? standing.filter((other) => other !== key) : standing
  if (rest.length > 0 || comes) temporary.set(after, comes ? [...rest, key] : rest)
}

function placesOf(tables: Tables): Places {
  // An empty schema is where every history begins: they have nothing in common.
  let places = tables.size === 0 ? undefined : known.get(tables)
  if (!places) {
    places = { constraints: new Map(), indexes: new Map(), children: new Map(), referrers: new Map(), guarded: new Set() }
    for (const [key, table] of tables) note(places, key, undefined, table)
    known.set(tables, places)
  }
  return places
}

/** Notes what a table has and had not before. */
function note(places: Places, key: TableName, old: Table | undefined, next: Table): void {
  for (const { notNullConstraint } of added(old?.columns, next.columns))
    if (notNullConstraint) inside(places.constraints, notNullConstraint.name).add(key)
  for (const { name, references } of added(old?.constraints, next.constraints)) {
    inside(places.constraints, name).add(key)
    if (references) inside(places.referrers, references.table).add(key)
  }
  for (const { name } of added(old?.indexes, next.indexes)) inside(places.indexes, name).add(key)
  for (const parent of added(old?.parents, next.parents)) inside(places.children, parent).add(key)
  if (next.policies.length > 0) places.guarded.add(key)
}

const NONE: readonly never[] = []

/** What the second of two lists has and the first has not; perhaps some that it has, too. Lists that grow from each other share most of their items. */
function added<T>(old: readonly T[] = NONE, next: readonly T[] = NONE): readonly T[] {
  if (old === next || next.length === 0) return NONE
  let start = 0
  while (start < old.length && start < next.length && old[start] === next[start]) start++
  let end = next.length
  for (let last = old.length; last > start && end > start && old[last - 1] === next[end - 1]; last--) end--
  return start === 0 && end === next.length ? next : next.slice(start, end)
}

/** The set under a key, made where there is none. */
function inside<K, V>(sets: Map<K, Set<V>>, key: K): Set<V> {
  let set = sets.get(key)
  if (!set) {
    set = new Set()
    sets.set(key, set)
  }
  return set
}
