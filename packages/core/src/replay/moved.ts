import type { Catalog, Domain, Range, Routine, RoutineName, Sequence, Table, TableName, TypeName, View } from '../catalog/catalog.ts'
import { splitKey, tableKey } from '../sql/relation.ts'
import { bareType, isOwnType, splitType, userType } from '../sql/type-name.ts'
import type { Change } from './change.ts'
import { mapSame, mapValues, mark, putTable, rekeyed, removeTable } from './edit.ts'
import { type NameUse, namesOfExpression, respelled, type Spelling } from './names-in.ts'
import { putRoutines } from './routine.ts'
import { editDomainTexts, editIndex, editTexts, mayName } from './texts.ts'

/** Schema and name, unquoted. */
export type Path = readonly [schema: string, name: string]

/** Objects that get another schema or name: what hangs on them keeps them by identity, so every name of them follows. */
export interface Moves {
  readonly types?: ReadonlyMap<TypeName, Path>
  /** Tables, views and sequences. */
  readonly relations?: ReadonlyMap<TableName, Path>
  readonly functions?: ReadonlyMap<RoutineName, Path>
  /** Operator classes, by keys like those of tables. */
  readonly classes?: ReadonlyMap<string, Path>
}

/** The catalog after these moves. What could not be followed in a text is marked. */
export function moved(catalog: Catalog, given: Moves, change: Change): Catalog {
  const moves = withRowTypes(catalog, given)
  const follow = followerOf(moves)
  const doubts: TableName[] = []
  const current = withTables(catalog, follow, doubts)
  const relation = (key: TableName): TableName => follow.relation(key)
  const views = mapValues(current.views, (view) => viewMoved(view, follow))
  const sequences = mapValues(current.sequences, (sequence): Sequence => {
    const owner = sequence.ownedBy && relation(sequence.ownedBy.table)
    return sequence.ownedBy && owner !== undefined && owner !== sequence.ownedBy.table
      ? { ...sequence, ownedBy: { ...sequence.ownedBy, table: owner } }
      : sequence
  })
  const domains = mapValues(current.domains, (domain) => domainMoved(domain, follow))
  const composites = mapValues(current.composites, (attributes) =>
    mapSame(attributes, (a) => (follow.type(a.type) === a.type ? a : { ...a, type: follow.type(a.type) })),
  )
  const ranges = current.ranges && mapValues(current.ranges, (range) => rangeMoved(range, follow))
  let after: Catalog = { ...current, views, sequences, domains, composites, ...(ranges && { ranges }) }
  for (const [from, to] of moves.relations ?? []) {
    const key = tableKey(to[1], to[0])
    after = {
      ...after,
      views: rekeyed(after.views, from, key),
      sequences: rekeyed(after.sequences, from, key),
      incomplete: rekeyed(after.incomplete, from, key),
    }
  }
  for (const [from, to] of given.types ?? []) after = rekeyType(after, from, userType(to))
  for (const [from, to] of moves.functions ?? []) after = rekeyFunction(after, from, tableKey(to[1], to[0]))
  if (after.routines)
    after = { ...after, routines: mapValues(after.routines, (overloads) => mapSame(overloads, (routine) => routineMoved(routine, follow))) }
  return doubts.reduce(
    (marked, key) => mark(marked, key, change, 'an expression names what is renamed or moved here and could not be carried along'),
    after,
  )
}

/** A table or view is a type too. */
function withRowTypes(catalog: Catalog, moves: Moves): Moves {
  const rows = [...(moves.relations ?? [])].filter(([key]) => !catalog.sequences.has(key))
  if (rows.length === 0) return moves
  return { ...moves, types: new Map([...(moves.types ?? []), ...rows.map(([key, to]) => [userType(splitKey(key)), to] as const)]) }
}

interface Follower {
  readonly type: (type: TypeName) => TypeName
  readonly relation: (key: TableName) => TableName
  readonly routine: (key: RoutineName) => RoutineName
  /** What stands behind an index key. */
  readonly options: (options: string) => string
  /** The text of an expression of that table; undefined where it could not be followed. */
  readonly text: (text: string, of?: TableName) => string | undefined
}

function followerOf({ types, relations, functions, classes }: Moves): Follower {
  const path = (map: ReadonlyMap<string, Path> | undefined, key: string): Path | undefined => map?.get(key)
  const to = (map: ReadonlyMap<string, Path> | undefined, key: string): string => {
    const target = map?.get(key)
    return target ? tableKey(target[1], target[0]) : key
  }
  const names = [
    ...[...(types?.keys() ?? [])].map((type) => splitType(type)[1]),
    ...[...(relations?.keys() ?? []), ...(functions?.keys() ?? [])].map((key) => splitKey(key)[1]),
  ]
  const spelling = (use: NameUse, of: TableName | undefined, ranges: readonly NameUse[]): readonly string[] | undefined => {
    const key = tableKey(use.path.at(-1) ?? '', use.path.at(-2))
    switch (use.kind) {
      case 'type':
      case 'type literal':
        return use.path.length === 1 && isOwnType(use.path[0] ?? '') ? undefined : path(types, userType(use.path))
      case 'function':
        return path(functions, key)
      case 'qualifier':
        return qualifier(use, of, ranges)
      default:
        return path(relations, key)
    }
  }
  /** `t.a`, where the table itself or one that a subquery reads is called t. */
  const qualifier = (use: NameUse, of: TableName | undefined, ranges: readonly NameUse[]): readonly string[] | undefined => {
    if (use.path.length > 1) return path(relations, tableKey(use.path.at(-1) ?? '', use.path.at(-2)))
    if (ranges.some((r) => r.alias === use.path[0])) return undefined
    const read = ranges.filter((r) => r.alias === undefined).map((r) => tableKey(r.path.at(-1) ?? '', r.path.at(-2)))
    const found = [...read, ...(of === undefined ? [] : [of])].find((table) => splitKey(table)[1] === use.path[0])
    const target = found === undefined ? undefined : path(relations, found)
    return target && target[1] !== use.path[0] ? [target[1]] : undefined
  }
  return {
    type: (type) => {
      const bare = bareType(type)
      const target = path(types, bare)
      return target ? userType(target) + type.slice(bare.length) : type
    },
    relation: (key) => to(relations, key),
    routine: (key) => to(functions, key),
    options: (options) => {
      const printed = new Map([...(classes ?? [])].map(([from, [schema, name]]) => [userType(splitKey(from)), userType([schema, name])]))
      return options === '' || printed.size === 0
        ? options
        : options
            .split(' ')
            .map((word) => printed.get(word) ?? word)
            .join(' ')
    },
    text: (text, of) => {
      if (!mayName(text, names)) return text
      const ranges = namesOfExpression(text).filter((use) => use.kind === 'relation')
      const spell: Spelling = (use) => spelling(use, of, ranges)
      return respelled(text, spell)
    },
  }
}

function withTables(catalog: Catalog, follow: Follower, doubts: TableName[]): Catalog {
  let current = catalog
  for (const [key, table] of catalog.tables) {
    const to = follow.relation(key)
    const next = tableMoved(key, to, table, follow, () => doubts.push(to))
    if (next === table) continue
    current = putTable(to === key ? current : removeTable(current, key), to, next)
  }
  return current
}

function tableMoved(key: TableName, to: TableName, table: Table, follow: Follower, doubt: () => void): Table {
  const texts = editTexts(table, (text) => {
    const renamed = follow.text(text, key)
    if (renamed === undefined) doubt()
    return renamed ?? text
  })
  const columns = mapSame(texts.columns, (c) => (follow.type(c.type) === c.type ? c : { ...c, type: follow.type(c.type) }))
  const constraints = mapSame(texts.constraints, (c) => {
    const target = c.references && follow.relation(c.references.table)
    return c.references && target !== undefined && target !== c.references.table
      ? { ...c, references: { ...c.references, table: target } }
      : c
  })
  const triggers = mapSame(texts.triggers, (t) =>
    follow.routine(t.function) === t.function ? t : { ...t, function: follow.routine(t.function) },
  )
  const indexes = mapSame(texts.indexes, (i) => {
    const keys = mapSame(i.keys, (k) => (follow.options(k.options) === k.options ? k : { ...k, options: follow.options(k.options) }))
    return keys === i.keys ? i : { ...i, keys }
  })
  const parents = texts.parents && mapSame(texts.parents, follow.relation)
  const ofType = texts.ofType === undefined ? undefined : follow.type(texts.ofType)
  const isSame =
    ofType === texts.ofType &&
    columns === texts.columns &&
    constraints === texts.constraints &&
    indexes === texts.indexes &&
    triggers === texts.triggers &&
    parents === texts.parents
  const next: Table = isSame
    ? texts
    : { ...texts, columns, constraints, indexes, triggers, ...(parents && { parents }), ...(ofType !== undefined && { ofType }) }
  if (to === key) return next
  const [schema, name] = splitKey(to)
  return { ...next, schema, name }
}

function viewMoved(view: View, follow: Follower): View {
  const reads = mapSame(view.reads, (read) =>
    follow.relation(read.table) === read.table ? read : { ...read, table: follow.relation(read.table) },
  )
  const indexes = mapSame(view.indexes, (index) => editIndex(index, (text) => follow.text(text) ?? text))
  const uses = view.uses && mapSame(view.uses, (key) => follow.routine(follow.type(key)))
  if (reads === view.reads && indexes === view.indexes && uses === view.uses) return view
  return {
    ...view,
    indexes,
    ...(uses && { uses }),
    reads: reads === view.reads ? reads : reads.toSorted((a, b) => (a.table < b.table ? -1 : 1)),
  }
}

function routineMoved(routine: Routine, follow: Follower): Routine {
  const takes = mapSame(routine.takes, follow.type)
  const types = mapSame(routine.types, follow.type)
  const gives = typeof routine.gives === 'string' ? follow.type(routine.gives) : routine.gives
  return takes === routine.takes && types === routine.types && gives === routine.gives ? routine : { ...routine, takes, types, gives }
}

function rangeMoved(range: Range, follow: Follower): Range {
  const { subtype, multirange, constructors } = range
  const next = {
    subtype: follow.type(subtype),
    multirange: follow.type(multirange),
    ...(constructors && { constructors: mapSame(constructors, follow.routine) }),
  }
  return next.subtype === subtype && next.multirange === multirange && next.constructors === constructors ? range : next
}

function domainMoved(domain: Domain, follow: Follower): Domain {
  const texts = editDomainTexts(domain, (text) => follow.text(text) ?? text)
  const base = follow.type(texts.base)
  return base === texts.base ? texts : { ...texts, base }
}

/** The catalog with a type, of whichever kind, under another name. */
function rekeyType(catalog: Catalog, from: TypeName, to: TypeName): Catalog {
  return {
    ...catalog,
    enums: rekeyed(catalog.enums, from, to),
    domains: rekeyed(catalog.domains, from, to),
    composites: rekeyed(catalog.composites, from, to),
    ...(catalog.ranges && { ranges: rekeyed(catalog.ranges, from, to) }),
  }
}

function rekeyFunction(catalog: Catalog, from: RoutineName, to: RoutineName): Catalog {
  const list = catalog.routines?.get(from)
  // Under its new name there may be overloads already.
  if (list) return putRoutines(putRoutines(catalog, from, []), to, [...(catalog.routines?.get(to) ?? []), ...list])
  return {
    ...catalog,
    functions: rekeyed(catalog.functions, from, to),
    ...(catalog.routines && { routines: rekeyed(catalog.routines, from, to) }),
  }
}
