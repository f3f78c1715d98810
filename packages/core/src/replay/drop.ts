import type { Catalog, TableName } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../parser.ts'
import { DEFAULT_SCHEMA, strings, tableKey } from '../relation.ts'
import { quoteName } from '../sql.ts'
import type { Change, Handler } from './change.ts'
import { type DropOptions, dropForeignKeys } from './drop-column.ts'
import { dropFunction, dropSequence } from './drop-function.ts'
import { dropType } from './drop-type.ts'
import { mark, markEverything, markUnknown, putTable, without } from './edit.ts'
import { findIndex } from './find-index.ts'

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
      return each((current, path) => ({ ...current, views: without(current.views, keyOf(path)) }))
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
      return each(dropSequence)
    case 'OBJECT_SCHEMA':
      return each(dropSchema)
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
  const gone = keys.filter((key) => catalog.tables.has(key))
  const dropped: Catalog = {
    ...marked,
    tables: without(marked.tables, ...gone),
    // What is gone is known to be gone.
    incomplete: without(marked.incomplete, ...gone),
  }
  const cut = dropForeignKeys(dropped, (c) => gone.includes(c.references?.table ?? ''), change, options.cascade)
  const views = [...cut.views].filter(([, v]) => v.reads.some((r) => gone.includes(r.table))).map(([name]) => name)
  return { ...cut, views: without(cut.views, ...views) }
}

const dropIndex: DropOne = (catalog, path, change, options) => {
  const [name, schema] = [path.at(-1) ?? '', path.at(-2) ?? DEFAULT_SCHEMA]
  const found = findIndex(catalog, schema, name)
  // Indexes of materialized views are not held, so where there are views the index may have been one of theirs.
  if (!found)
    return options.missingOk || catalog.views.size > 0 ? catalog : markEverything(catalog, change, `the index "${name}" is not known`)
  const { key, table, index } = found
  if (index.constraint !== undefined) return mark(catalog, key, change, `the index "${name}" is dropped, which a constraint needs`)
  const dropped = putTable(catalog, key, { ...table, indexes: table.indexes.filter((i) => i !== index) })
  if (!options.cascade) return dropped
  const columns = index.keys
    .map((k) => k.column)
    .toSorted()
    .join('\0')
  return dropForeignKeys(
    dropped,
    (c) => c.references?.table === key && c.references.columns.toSorted().join('\0') === columns,
    change,
    true,
  )
}

function dropFrom(catalog: Catalog, list: 'triggers' | 'policies', path: readonly string[], change: Change, options: DropOptions): Catalog {
  const key = tableKey(path.at(-2) ?? '', path.at(-3))
  const name = path.at(-1) ?? ''
  const table = catalog.tables.get(key)
  if (table?.[list].some((o) => o.name === name)) return putTable(catalog, key, { ...table, [list]: table[list].filter((o) => o.name !== name) })
  if (options.missingOk || catalog.views.has(key)) return catalog
  return table ? mark(catalog, key, change, `"${name}" is not known`) : markUnknown(catalog, key, change)
}

/** An empty schema leaves nothing behind; what CASCADE takes along reaches into other schemas. */
const dropSchema: DropOne = (catalog, [schema = ''], change) => {
  const inside = [...catalog.tables, ...catalog.views, ...catalog.functions].some(([key]) => key.startsWith(`${quoteName(schema)}.`))
  return inside ? markEverything(catalog, change, `the schema "${schema}" is dropped with what it holds, which is not followed`) : catalog
}
