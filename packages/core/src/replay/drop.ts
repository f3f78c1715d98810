import type { Catalog, TableName, View } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { DEFAULT_SCHEMA, strings, tableKey } from '../sql/relation.ts'
import type { Change, Handler } from './change.ts'
import { type DropOptions, dropForeignKeys } from './drop-column.ts'
import { dropFunction } from './drop-function.ts'
import { dropSchemas } from './drop-schema.ts'
import { dropSequences } from './drop-sequence.ts'
import { dropTypes } from './drop-type.ts'
import { mark, markEverything, markUnknown, putTable, removeTable, withEntry, without } from './edit.ts'
import { dropExtensions } from './extension.ts'
import { dropDependents } from './fall.ts'
import { findIndex } from './find-index.ts'
import { childrenOf } from './names.ts'
import { viewWithIndex } from './object-name.ts'
import { dropClone, triggersOfPartitions } from './partition.ts'
import { withoutParts } from './partition-index.ts'
import { dropOwnedSequences, ownedSequences } from './sequence.ts'
import { dropReaders, dropViews } from './view.ts'

/** DROP. */
export const drop: Handler = (catalog, fields, change) => {
  const options: DropOptions = { missingOk: fields.missing_ok === true, cascade: fields.behavior === 'DROP_CASCADE' }
  // The same object may be named twice.
  const paths = [...new Map((fields.objects as PgNode[]).map(pathOf).map((path) => [withSchema(path).join('\0'), path])).values()]
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
      return dropTypes(catalog, paths, change, options.cascade)
    case 'OBJECT_TRIGGER':
      return each((current, path) => dropFrom(current, 'triggers', path, change, options))
    case 'OBJECT_POLICY':
      return each((current, path) => dropFrom(current, 'policies', path, change, options))
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      return (fields.objects as PgNode[]).reduce<Catalog>(
        (current, object) => dropFunction(current, object.ObjectWithArgs, change, options),
        catalog,
      )
    case 'OBJECT_SEQUENCE':
      return dropSequences(catalog, paths.map(keyOf), options.missingOk, change, options.cascade)
    case 'OBJECT_SCHEMA':
      return dropSchemas(
        catalog,
        paths.map(([name = '']) => name),
        change,
        options,
      )
    case 'OBJECT_EXTENSION':
      return dropExtensions(
        catalog,
        paths.map(([name = '']) => name),
        change,
        options.cascade,
      )
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

/** One spelling for one object. */
function withSchema(path: readonly string[]): readonly string[] {
  return path.length === 1 ? [DEFAULT_SCHEMA, ...path] : path
}

const keyOf = (path: readonly string[]): TableName => tableKey(path.at(-1) ?? '', path.at(-2))

function dropTables(catalog: Catalog, paths: readonly (readonly string[])[], change: Change, options: DropOptions): Catalog {
  const keys = paths.map(keyOf)
  const unknown = options.missingOk ? [] : keys.filter((key) => !catalog.tables.has(key))
  const marked = unknown.reduce((current, key) => markUnknown(current, key, change), catalog)
  const gone = keys.filter((key) => catalog.tables.has(key)).flatMap((key) => withPartitions(catalog, key, options.cascade))
  const owned = gone.flatMap((key) => ownedSequences(catalog, key))
  const removed = gone.reduce((current, key) => dropOwnedSequences(removeTable(current, key), key), marked)
  // What is gone is known to be gone.
  const dropped: Catalog = { ...removed, incomplete: without(removed.incomplete, ...gone) }
  const cut = dropForeignKeys(dropped, gone, (c) => gone.includes(c.references?.table ?? ''), change, options.cascade)
  const unread = dropReaders(cut, (table) => gone.includes(table), change, options.cascade)
  return options.cascade ? dropDependents(unread, { relations: new Set([...gone, ...owned]) }, change, true) : unread
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
  if (!found) return options.missingOk ? catalog : markEverything(catalog, change, `the index "${name}" is not known`)
  const { key, table, index } = found
  if (index.constraint !== undefined) return mark(catalog, key, change, `the index "${name}" is dropped, which a constraint needs`)
  // An index on a partitioned table goes with its parts on the partitions.
  const dropped = withoutParts(putTable(catalog, key, { ...table, indexes: table.indexes.filter((i) => i !== index) }), key, name)
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

function editView(catalog: Catalog, key: TableName, edit: (view: View) => View): Catalog {
  const view = catalog.views.get(key)
  return view ? { ...catalog, views: withEntry(catalog.views, key, edit(view)) } : catalog
}

function dropFrom(catalog: Catalog, list: 'triggers' | 'policies', path: readonly string[], change: Change, options: DropOptions): Catalog {
  const key = tableKey(path.at(-2) ?? '', path.at(-3))
  const name = path.at(-1) ?? ''
  const table = catalog.tables.get(key)
  const trigger = list === 'triggers' ? table?.triggers.find((t) => t.name === name) : undefined
  if (table?.[list].some((o) => o.name === name)) {
    const dropped = putTable(catalog, key, { ...table, [list]: table[list].filter((o) => o.name !== name) })
    return trigger ? triggersOfPartitions(dropped, key, trigger, dropClone) : dropped
  }
  if (options.missingOk || catalog.views.has(key)) return catalog
  return table ? mark(catalog, key, change, `"${name}" is not known`) : markUnknown(catalog, key, change)
}
