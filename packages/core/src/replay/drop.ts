import type { Catalog, TableName, View } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../parser.ts'
import { DEFAULT_SCHEMA, splitKey, strings, tableKey } from '../relation.ts'
import type { Change, Handler } from './change.ts'
import { type DropOptions, dropForeignKeys } from './drop-column.ts'
import { dropExtension } from './extension.ts'
import { dropFunction } from './drop-function.ts'
import { dropOwnedSequences, dropSequence } from './sequence.ts'
import { dropType } from './drop-type.ts'
import { mark, markEverything, markUnknown, putTable, removeTable, withEntry, without } from './edit.ts'
import { findIndex } from './find-index.ts'
import { childrenOf } from './names.ts'
import { typesOfSchema } from './types.ts'
import { viewWithIndex } from './object-name.ts'
import { dropReaders, dropViews } from './view.ts'

/** DROP. */
export const drop: Handler = (catalog, fields, change) => {
  const options: DropOptions = { missingOk: fields.missing_ok === true, cascade: fields.behavior === 'DROP_CASCADE' }
  const paths = (fields.objects as PgNode[]).map(pathOf)
  const each = (one: DropOne): Catalog => paths.reduce((current, path) => one(current, path, change, options), catalog)
  switch (fields.removeType) {
    case 'OBJECT_TABLE':
    case 'OBJECT_FOREIGN_TABLE':
      return dropTables(catalog, paths, change, options)
    case 'OBJECT_INDEX':
      return each(dropIndex)
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return dropViews(catalog, paths.map(keyOf), change, options.cascade)
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return each(dropType)
    case 'OBJECT_TRIGGER':
      return each((current, path) => dropFrom(current, 'triggers', path, change, options))
    case 'OBJECT_POLICY':
      return each((current, path) => dropFrom(current, 'policies', path, change, options))
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
      return each(dropFunction)
    case 'OBJECT_SEQUENCE':
      return each((current, path) => dropSequence(current, keyOf(path), change, options.cascade))
    case 'OBJECT_SCHEMA':
      return each(dropSchema)
    case 'OBJECT_EXTENSION':
      return each((current, [name = '']) => dropExtension(current, name, change, options.cascade))
    default:
      return options.cascade ? markEverything(catalog, change, `DROP ${words(fields.removeType)} … CASCADE is not followed`) : catalog
  }
}

/** Drops one object of a list, by the parts of its name. */
type DropOne = (catalog: Catalog, path: readonly string[], change: Change, options: DropOptions) => Catalog

function words(objectType: string): string {
  return objectType.slice('OBJECT_'.length).replaceAll('_', ' ')
}

/** The parts of a dropped object's name: `schema, name`, for what belongs to a table `schema, table, name`. */
function pathOf(object: PgNode): string[] {
  const [tag, fields] = untag(object)
  if (tag === 'List') return strings(fields.items)
  if (tag === 'TypeName') return strings(fields.names)
  if (tag === 'ObjectWithArgs') return strings(fields.objname)
  return tag === 'String' ? [fields.sval as string] : []
}

const keyOf = (path: readonly string[]): TableName => tableKey(path.at(-1) ?? '', path.at(-2))

function dropTables(catalog: Catalog, paths: readonly (readonly string[])[], change: Change, options: DropOptions): Catalog {
  const keys = paths.map(keyOf)
  const unknown = options.missingOk ? [] : keys.filter((key) => !catalog.tables.has(key))
  const marked = unknown.reduce((current, key) => markUnknown(current, key, change), catalog)
  const gone = keys.filter((key) => catalog.tables.has(key)).flatMap((key) => withPartitions(catalog, key, options.cascade))
  const removed = gone.reduce((current, key) => dropOwnedSequences(removeTable(current, key), key), marked)
  // What is gone is known to be gone.
  const dropped: Catalog = { ...removed, incomplete: without(removed.incomplete, ...gone) }
  const cut = dropForeignKeys(dropped, gone, (c) => gone.includes(c.references?.table ?? ''), change, options.cascade)
  return dropReaders(cut, (table) => gone.includes(table), change, options.cascade)
}

/** Partitions go with their table; what inherits from it only by CASCADE. */
function withPartitions(catalog: Catalog, key: TableName, cascade: boolean): TableName[] {
  const children = childrenOf(catalog.tables, key).filter((child) => cascade || catalog.tables.get(child)?.kind === 'partition')
  return [key, ...children.flatMap((child) => withPartitions(catalog, child, cascade))]
}

const dropIndex: DropOne = (catalog, path, change, options) => {
  const [name, schema] = [path.at(-1) ?? '', path.at(-2) ?? DEFAULT_SCHEMA]
  const found = findIndex(catalog, schema, name)
  const view = found ? undefined : viewWithIndex(catalog, schema, name)
  if (view !== undefined) return editView(catalog, view, (v) => ({ ...v, indexes: v.indexes.filter((i) => i.name !== name) }))
  if (!found)
    return options.missingOk ? catalog : markEverything(catalog, change, `the index "${name}" is not known`)
  const { key, table, index } = found
  if (index.constraint !== undefined) return mark(catalog, key, change, `the index "${name}" is dropped, which a constraint needs`)
  const dropped = dropParts(putTable(catalog, key, { ...table, indexes: table.indexes.filter((i) => i !== index) }), key, name)
  if (!options.cascade) return dropped
  const columns = index.keys
    .map((k) => k.column)
    .toSorted()
    .join('\0')
  return dropForeignKeys(
    dropped,
    [key],
    (c) => c.references?.table === key && c.references.columns.toSorted().join('\0') === columns,
    change,
    true,
  )
}

/** An index on a partitioned table goes with its parts on the partitions. */
function dropParts(catalog: Catalog, key: TableName, index: string): Catalog {
  return childrenOf(catalog.tables, key).reduce((current, child) => {
    const table = current.tables.get(child)
    const part = table?.indexes.find((i) => i.parent === index)
    if (!table || !part) return current
    return dropParts(putTable(current, child, { ...table, indexes: table.indexes.filter((i) => i !== part) }), child, part.name)
  }, catalog)
}

function editView(catalog: Catalog, key: TableName, edit: (view: View) => View): Catalog {
  const view = catalog.views.get(key)
  return view ? { ...catalog, views: withEntry(catalog.views, key, edit(view)) } : catalog
}

function dropFrom(catalog: Catalog, list: 'triggers' | 'policies', path: readonly string[], change: Change, options: DropOptions): Catalog {
  const key = tableKey(path.at(-2) ?? '', path.at(-3))
  const name = path.at(-1) ?? ''
  const table = catalog.tables.get(key)
  if (table?.[list].some((o) => o.name === name)) return putTable(catalog, key, { ...table, [list]: table[list].filter((o) => o.name !== name) })
  if (options.missingOk || catalog.views.has(key)) return catalog
  return table ? mark(catalog, key, change, `"${name}" is not known`) : markUnknown(catalog, key, change)
}

/** DROP SCHEMA: an empty one leaves nothing behind; by CASCADE all that it holds goes, and what hangs on that elsewhere. */
const dropSchema: DropOne = (catalog, [schema = ''], change, options) => {
  const inside = (keys: Iterable<string>): string[] => [...keys].filter((key) => splitKey(key)[0] === schema)
  const schemas = new Set(catalog.schemas)
  schemas.delete(schema)
  const left: Catalog = { ...catalog, schemas }
  const path = (key: string): [string, string] => [schema, splitKey(key)[1]]
  const tables = inside(left.tables.keys())
  const isEmpty = tables.length + inside(left.views.keys()).length + inside(left.functions.keys()).length + typesOfSchema(left, schema).length === 0
  if (isEmpty) return { ...left, sequences: without(left.sequences, ...inside(left.sequences.keys())) }
  if (!options.cascade) return markEverything(left, change, `the schema "${schema}" is dropped while it holds something`)
  let current = dropViews(left, inside(left.views.keys()), change, true)
  current = dropTables(current, tables.map(path), change, options)
  for (const key of inside(current.sequences.keys())) current = dropSequence(current, key, change, true)
  for (const name of typesOfSchema(current, schema)) current = dropType(current, [schema, name], change, options)
  for (const key of inside(current.functions.keys())) current = dropFunction(current, path(key), change, options)
  return current
}
