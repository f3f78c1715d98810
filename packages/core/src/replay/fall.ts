import type { Catalog, Domain, RoutineName, Table, TableName, TypeName, View } from '../catalog/catalog.ts'
import { remembered } from '../remembered.ts'
import { splitKey, tableKey } from '../sql/relation.ts'
import { bareType, isOwnType, splitType, userType } from '../sql/type-name.ts'
import type { Change } from './change.ts'
import { dropColumn } from './drop-column.ts'
import { dropConstraint } from './drop-constraint.ts'
import { mapSame, mapValues, mark, putTable, removeTable, without } from './edit.ts'
import { type NameUse, namesOfExpression } from './names-in.ts'
import { withoutRoutinesOf } from './routine.ts'
import { dropOwnedSequences } from './sequence.ts'
import { mayName, textsOf, textsOfIndex } from './texts.ts'
import { dropViews } from './view.ts'

/** Objects that are dropped. They are out of the catalog already; what rests on them is not. */
export interface Gone {
  readonly types?: ReadonlySet<TypeName>
  /** Tables, views and sequences. */
  readonly relations?: ReadonlySet<TableName>
  readonly functions?: ReadonlySet<RoutineName>
  /** Operator classes, by their bare names. */
  readonly classes?: ReadonlySet<string>
}

/** What rests on dropped objects: by CASCADE it falls too; without, PostgreSQL would have refused, so the picture of what rests on them is wrong. */
export function dropDependents(catalog: Catalog, given: Gone, change: Change, cascade: boolean): Catalog {
  const types = withRowTypes(given)
  const fallen = cascade ? withoutTypes(catalog, types, change) : { catalog, types }
  const routines = cascade ? withoutRoutinesOf(fallen.catalog, fallen.types) : { catalog: fallen.catalog, gone: [] }
  const gone: Gone = { ...given, types: fallen.types, functions: new Set([...(given.functions ?? []), ...routines.gone]) }
  const names = [...fallen.types]
    .map((t) => splitType(t)[1])
    .concat([...(gone.relations ?? []), ...(gone.functions ?? [])].map((key) => splitKey(key)[1]))
  const uses = (text: string | undefined): boolean =>
    text !== undefined && mayName(text, names) && namesOfExpression(text).some((use) => isGone(gone, use))
  let current = routines.catalog
  for (const [key, table] of routines.catalog.tables) {
    if (!rests(table, gone, names, uses)) continue
    current = cascade ? tableWithout(current, key, gone, uses, change) : mark(current, key, change, 'it uses what is dropped here')
  }
  if (!cascade) return current
  const domains = mapValues(current.domains, (domain) => domainWithout(domain, uses))
  const views = mapValues(current.views, (view) => viewWithout(view, gone, uses))
  const readers = [...views]
    .filter(([, view]) => view.uses?.some((name) => gone.types?.has(name) || gone.functions?.has(name)))
    .map(([key]) => key)
  return dropViews({ ...current, domains, views }, readers, change, true)
}

/** The row types of tables and views go with them. */
function withRowTypes({ types, relations }: Gone): ReadonlySet<TypeName> {
  return new Set([...(types ?? []), ...[...(relations ?? [])].map((key) => userType(splitKey(key)))])
}

/** True where the name is that of something dropped. */
function isGone(gone: Gone, { kind, path }: NameUse): boolean {
  const key = tableKey(path.at(-1) ?? '', path.at(-2))
  switch (kind) {
    case 'type':
    case 'type literal':
      return !(path.length === 1 && isOwnType(path[0] ?? '')) && gone.types?.has(userType(path)) === true
    case 'function':
      return gone.functions?.has(key) === true
    case 'qualifier':
      return false
    default:
      return gone.relations?.has(key) === true
  }
}

/** Types made of a dropped type fall too, or lose the attribute that is of it. */
function withoutTypes(catalog: Catalog, types: ReadonlySet<TypeName>, change: Change): { catalog: Catalog; types: ReadonlySet<TypeName> } {
  const gone = new Set(types)
  const uses = (type: TypeName): boolean => gone.has(bareType(type))
  let current = catalog
  for (let before = -1; before !== gone.size; ) {
    before = gone.size
    for (const [type, domain] of current.domains) if (uses(domain.base)) gone.add(type)
    for (const [type, range] of current.ranges ?? []) {
      if (uses(range.subtype)) gone.add(type)
      if (gone.has(type)) gone.add(range.multirange)
    }
    current = removeTypes(current, gone)
  }
  const composites = mapValues(current.composites, (attributes) => {
    const left = attributes.filter((a) => !uses(a.type))
    return left.length === attributes.length ? attributes : left
  })
  current = withoutTyped({ ...current, composites }, gone)
  for (const [key, table] of catalog.tables) {
    for (const { name } of table.columns.filter((c) => uses(c.type) && c.inherited !== true))
      current = dropWithChildren(current, key, name, change)
  }
  return { catalog: current, types: gone }
}

/** Tables of a dropped type. */
function withoutTyped(catalog: Catalog, gone: ReadonlySet<TypeName>): Catalog {
  const keys = [...catalog.tables].filter(([, table]) => table.ofType !== undefined && gone.has(table.ofType)).map(([key]) => key)
  return keys.reduce((current, key) => dropOwnedSequences(removeTable(current, key), key), catalog)
}

function dropWithChildren(catalog: Catalog, key: TableName, name: string, change: Change): Catalog {
  return dropColumn(catalog, key, name, change, { missingOk: true, cascade: true })
}

/** The catalog without these types, of whichever kind, and without the constructors of ranges. */
export function removeTypes(catalog: Catalog, types: ReadonlySet<TypeName>): Catalog {
  let current = catalog
  for (const type of types) {
    const range = catalog.ranges?.get(type)
    if (range?.constructors) current = { ...current, functions: without(current.functions, ...range.constructors) }
  }
  return {
    ...current,
    enums: without(current.enums, ...types),
    domains: without(current.domains, ...types),
    composites: without(current.composites, ...types),
    ...(current.ranges && { ranges: without(current.ranges, ...types) }),
  }
}

function rests(table: Table, gone: Gone, names: readonly string[], uses: (text: string) => boolean): boolean {
  return (
    typesOf(table).some((type) => gone.types?.has(type)) ||
    table.triggers.some((t) => gone.functions?.has(t.function)) ||
    (gone.classes !== undefined && table.indexes.some((i) => i.keys.some((k) => isOfClass(k.options, gone)))) ||
    (mayName(wholeText(table), names) && textsOf(table).some(uses))
  )
}

// Every DROP asks all tables, and few of them have changed since the last one.
const typesOf = remembered((table: Table) => [...new Set(table.columns.map((c) => bareType(c.type)))])
const wholeText = remembered((table: Table) => textsOf(table).join('\n'))

function isOfClass(options: string, { classes }: Gone): boolean {
  return classes !== undefined && options.split(/[ .]/).some((word) => classes.has(word))
}

function tableWithout(catalog: Catalog, key: TableName, gone: Gone, uses: (text: string | undefined) => boolean, change: Change): Catalog {
  const table = catalog.tables.get(key)
  if (!table) return catalog
  const options = { missingOk: true, cascade: true }
  let current = catalog
  for (const c of table.columns) if (uses(c.generated?.expression)) current = dropColumn(current, key, c.name, change, options)
  for (const c of table.constraints) if (uses(c.expression)) current = dropConstraint(current, key, c.name, change, options)
  const rest = current.tables.get(key)
  if (!rest) return current
  const broken = rest.indexes.filter((i) => textsOfIndex(i).some(uses) || i.keys.some((k) => isOfClass(k.options, gone)))
  const owners = broken.map((i) => i.constraint)
  return putTable(current, key, {
    ...rest,
    columns: mapSame(rest.columns, (c) => {
      if (!uses(c.default)) return c
      const { default: _, ...bare } = c
      return bare
    }),
    constraints: rest.constraints.filter((c) => !owners.includes(c.name)),
    indexes: rest.indexes.filter((i) => !broken.includes(i)),
    triggers: rest.triggers.filter((t) => !gone.functions?.has(t.function) && !uses(t.when)),
    policies: rest.policies.filter((p) => !uses(p.using) && !uses(p.check)),
  })
}

function domainWithout(domain: Domain, uses: (text: string | undefined) => boolean): Domain {
  const checks = domain.checks.filter((c) => !uses(c.expression))
  if (checks.length === domain.checks.length && !uses(domain.default)) return domain
  const { default: text, ...bare } = domain
  return { ...bare, checks, ...(text !== undefined && !uses(text) && { default: text }) }
}

function viewWithout(view: View, gone: Gone, uses: (text: string | undefined) => boolean): View {
  const indexes = view.indexes.filter((i) => !textsOfIndex(i).some(uses) && !i.keys.some((k) => isOfClass(k.options, gone)))
  return indexes.length === view.indexes.length ? view : { ...view, indexes }
}
