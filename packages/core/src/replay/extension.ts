import type { Catalog, RoutineName, TypeName } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import { type PgNode, shape } from '../sql/parser.ts'
import { DEFAULT_SCHEMA, tableKey } from '../sql/relation.ts'
import { quoteName } from '../sql/sql.ts'
import { bareType, userType } from '../sql/type-name.ts'
import type { Change, Handler } from './change.ts'
import { mark, markEverything, withEntry, without } from './edit.ts'
import { brings, type Content, DEFAULT_CLASSES_FOR, FIXED_SCHEMA } from './extension-content.ts'
import { dropDependents } from './fall.ts'
import { type Moves, moved, type Path } from './moved.ts'
import { textsOf } from './texts.ts'

/** Extensions that can't be without another one, which CREATE EXTENSION … CASCADE makes too. */
const REQUIRED: ReadonlyMap<string, string> = new Map([
  ['earthdistance', 'cube'],
  ['postgis_raster', 'postgis'],
  ['postgis_tiger_geocoder', 'postgis'],
  ['postgis_topology', 'postgis'],
  ['vectorscale', 'vector'],
])

/** CREATE EXTENSION: its name and its schema, by CASCADE with what it requires. The types and functions that it brings are PostgreSQL's to know; they are not in the other lists. */
export const createExtension: Handler = (catalog, fields, change) => {
  const name = fields.extname as string
  if (catalog.extensions.has(name) && !catalog.incomplete.has(quoteName(name))) return catalog
  const option = (wanted: string): PgNode | undefined =>
    ((fields.options ?? []) as PgNode[]).find((o) => o.DefElem?.defname === wanted)?.DefElem.arg
  const given = option('schema')?.String?.sval as string | undefined
  const required = option('cascade') ? REQUIRED.get(name) : undefined
  const before = required === undefined ? catalog : (createExtension(catalog, { ...fields, extname: required }, change) as Catalog)
  const schema = FIXED_SCHEMA.get(name) ?? given ?? DEFAULT_SCHEMA
  return {
    ...before,
    extensions: new Set(before.extensions).add(name),
    incomplete: without(before.incomplete, quoteName(name)),
    extensionSchemas: withEntry(before.extensionSchemas ?? new Map(), name, schema),
  }
}

/** The schema that holds what an extension brings. */
export function schemaOf(catalog: Catalog, extension: string): string {
  return catalog.extensionSchemas?.get(extension) ?? DEFAULT_SCHEMA
}

/** ALTER EXTENSION … SET SCHEMA: what it brought goes along. */
export function moveExtension(catalog: Catalog, name: string, schema: string, change: Change): Catalog {
  const content = brings(name)
  const from = schemaOf(catalog, name)
  const after: Catalog = { ...catalog, extensionSchemas: withEntry(catalog.extensionSchemas ?? new Map(), name, schema) }
  if (!content) return markEverything(after, change, `what the extension ${name} brings, and moves to another schema, is not known`)
  const users = [...catalog.tables].filter(
    ([, table]) =>
      table.columns.some((c) => content.types.some((n) => userType([from, n]) === bareType(c.type))) && textsOf(table).some(hasOperator),
  )
  // Its operators are not found any more without their schema, which texts do not have.
  const doubted = users.reduce(
    (current, [key]) => mark(current, key, change, `operators of the extension ${name} go to another schema`),
    after,
  )
  const followed = moved(doubted, contentMoves(content, from, schema), change)
  return content.open
    ? markEverything(followed, change, `which functions the extension ${name} brings, and moves to another schema, is not known`)
    : followed
}

function hasOperator(text: string): boolean {
  return shape(parseExpression(text)).includes('"A_Expr"')
}

/** What an extension brought, on its way to another schema. */
export function contentMoves(content: Content, from: string, schema: string): Moves {
  const to = (names: readonly string[], key: (name: string) => string): Map<string, Path> =>
    new Map(names.map((n) => [key(n), [schema, n]]))
  return {
    types: to(content.types, (n) => userType([from, n])),
    functions: to(content.functions, (n) => tableKey(n, from)),
    classes: to(content.classes, (n) => tableKey(n, from)),
  }
}

/** DROP EXTENSION. By CASCADE columns, defaults and indexes that use what it brought go too. */
export function dropExtensions(catalog: Catalog, names: readonly string[], change: Change, cascade: boolean): Catalog {
  const above = cascade ? [...catalog.extensions].filter((name) => names.includes(REQUIRED.get(name) ?? '')) : []
  return [...above, ...names]
    .filter((name) => catalog.extensions.has(name) || catalog.incomplete.has(quoteName(name)))
    .reduce((current, name) => dropExtension(current, name, change, cascade), catalog)
}

function dropExtension(catalog: Catalog, name: string, change: Change, cascade: boolean): Catalog {
  const extensions = new Set(catalog.extensions)
  extensions.delete(name)
  const dropped: Catalog = {
    ...catalog,
    extensions,
    incomplete: without(catalog.incomplete, quoteName(name)),
    ...(catalog.extensionSchemas && { extensionSchemas: without(catalog.extensionSchemas, name) }),
  }
  if (!cascade) return dropped
  const content = brings(name)
  if (!content) return markEverything(dropped, change, `DROP EXTENSION ${name} CASCADE may have taken columns and indexes along`)
  const types = new Set<TypeName>(content.types.map((n) => userType([schemaOf(catalog, name), n])))
  const functions = new Set<RoutineName>(content.functions.map((n) => tableKey(n, schemaOf(catalog, name))))
  const cut = dropDependents(dropped, { types, functions, classes: new Set(content.classes) }, change, true)
  if (content.open) return markEverything(cut, change, `DROP EXTENSION ${name} CASCADE may have taken defaults and checks along`)
  const method = DEFAULT_CLASSES_FOR.get(name)
  const users = method === undefined ? [] : [...cut.tables].filter(([, table]) => table.indexes.some((i) => i.method === method))
  return users.reduce((current, [key]) => mark(current, key, change, `DROP EXTENSION ${name} CASCADE may have taken an index of it`), cut)
}
