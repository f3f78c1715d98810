import type { Catalog, TableName } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../parser.ts'
import { DEFAULT_SCHEMA, displayTable, strings, tableKey } from '../relation.ts'
import { elementType, userType } from '../type-name.ts'
import type { Change, Handler } from './change.ts'
import { type DropOptions, dropColumn, dropForeignKeys } from './drop-column.ts'
import { editTables, mark, markEverything, markUnknown, putTable, without } from './edit.ts'
import { findIndex } from './find-index.ts'

/** DROP. */
export const drop: Handler = (catalog, fields, change) => {
  const options: DropOptions = { missingOk: fields.missing_ok === true, cascade: fields.behavior === 'DROP_CASCADE' }
  const paths = (fields.objects as PgNode[]).map(pathOf)
  const each = (one: (current: Catalog, path: readonly string[]) => Catalog): Catalog => paths.reduce(one, catalog)
  switch (fields.removeType) {
    case 'OBJECT_TABLE':
    case 'OBJECT_FOREIGN_TABLE':
      return dropTables(catalog, paths, change, options)
    case 'OBJECT_INDEX':
      return each((current, path) => dropIndex(current, path, change, options))
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return each((current, path) => ({ ...current, views: without(current.views, keyOf(path)) }))
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return each((current, path) => dropType(current, path, change, options))
    case 'OBJECT_TRIGGER':
      return each((current, path) => dropFrom(current, 'triggers', path, change, options))
    case 'OBJECT_POLICY':
      return each((current, path) => dropFrom(current, 'policies', path, change, options))
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
      return each((current, path) => dropFunction(current, path, change, options))
    case 'OBJECT_SEQUENCE':
      return each((current, path) => dropSequence(current, path, change, options))
    case 'OBJECT_SCHEMA':
      return each((current, path) => dropSchema(current, path, change, options))
    default:
      return options.cascade ? markEverything(catalog, change, `DROP ${words(fields.removeType)} … CASCADE is not followed`) : catalog
  }
}

function words(objectType: string): string {
  return objectType.replace('OBJECT_', '').replaceAll('_', ' ')
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
  let current = catalog
  for (const key of keys) if (!catalog.tables.has(key) && !options.missingOk) current = markUnknown(current, key, change)
  const gone = keys.filter((key) => catalog.tables.has(key))
  current = {
    ...current,
    tables: without(current.tables, ...gone),
    // What is gone is known to be gone.
    incomplete: without(current.incomplete, ...gone),
  }
  current = dropForeignKeys(current, (c) => gone.includes(c.references?.table ?? ''), change, options.cascade)
  const views = [...current.views].filter(([, v]) => v.reads.some((key) => gone.includes(key))).map(([name]) => name)
  return { ...current, views: without(current.views, ...views) }
}

function dropIndex(catalog: Catalog, path: readonly string[], change: Change, options: DropOptions): Catalog {
  const [name, schema] = [path.at(-1) ?? '', path.at(-2) ?? DEFAULT_SCHEMA]
  const found = findIndex(catalog, schema, name)
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

function dropType(catalog: Catalog, path: readonly string[], change: Change, options: DropOptions): Catalog {
  const type = userType(path)
  let current: Catalog = { ...catalog, enums: without(catalog.enums, type) }
  for (const [key, table] of catalog.tables) {
    for (const { name } of table.columns.filter((c) => elementType(c.type) === type)) {
      current = options.cascade
        ? dropColumn(current, key, name, change, options)
        : mark(current, key, change, `the type of its column "${name}" is dropped`)
    }
  }
  return current
}

function dropFrom(catalog: Catalog, list: 'triggers' | 'policies', path: readonly string[], change: Change, options: DropOptions): Catalog {
  const key = tableKey(path.at(-2) ?? '', path.at(-3))
  const name = path.at(-1) ?? ''
  const table = catalog.tables.get(key)
  if (table?.[list].includes(name)) return putTable(catalog, key, { ...table, [list]: table[list].filter((n) => n !== name) })
  if (options.missingOk || catalog.views.has(key)) return catalog
  return table ? mark(catalog, key, change, `"${name}" is not known`) : markUnknown(catalog, key, change)
}

/** By CASCADE its triggers go too, and defaults and checks that call it: which, the catalog does not hold. */
function dropFunction(catalog: Catalog, path: readonly string[], change: Change, options: DropOptions): Catalog {
  let current: Catalog = { ...catalog, functions: without(catalog.functions, keyOf(path)) }
  if (!options.cascade) return current
  const name = path.at(-1) ?? ''
  for (const [key, table] of catalog.tables) {
    if (table.triggers.length === 0 && table.policies.length === 0 && !texts(table).some((text) => text.includes(name))) continue
    current = mark(
      current,
      key,
      change,
      `dropping the function ${displayTable(keyOf(path))} by CASCADE may have taken something of it along`,
    )
  }
  return current
}

function texts(table: {
  columns: Catalog['tables'] extends ReadonlyMap<string, infer T> ? (T extends { columns: infer C } ? C : never) : never
}): string[] {
  return table.columns.flatMap((c) => [c.default ?? '', c.generated?.expression ?? ''])
}

function dropSequence(catalog: Catalog, path: readonly string[], change: Change, options: DropOptions): Catalog {
  if (!options.cascade) return catalog
  const name = path.at(-1) ?? ''
  const users = [...catalog.tables].filter(([, t]) => t.columns.some((c) => c.default?.includes(name))).map(([key]) => key)
  return users.reduce((current, key) => mark(current, key, change, `the sequence "${name}" of a default is dropped by CASCADE`), catalog)
}

function dropSchema(catalog: Catalog, [schema = '']: readonly string[], change: Change, options: DropOptions): Catalog {
  const inside = [...catalog.tables].filter(([, t]) => t.schema === schema).map(([, t]) => [t.schema, t.name])
  if (!options.cascade)
    return inside.length > 0 ? markEverything(catalog, change, `the schema "${schema}" is dropped while it holds tables`) : catalog
  const prefix = `${tableKey('', schema).slice(0, -2)}`
  const current = dropTables(catalog, inside, change, options)
  const hasTypes = editTables(current, (table) => table)
  return markForeignTypes(
    {
      ...hasTypes,
      enums: new Map([...current.enums].filter(([name]) => !name.startsWith(`${userType([schema, '']).split('.')[0]}.`))),
      functions: new Map([...current.functions].filter(([name]) => !name.startsWith(prefix))),
      views: new Map([...current.views].filter(([name]) => !name.startsWith(prefix))),
    },
    schema,
    change,
  )
}

/** A column of another schema's table with a type of the dropped schema goes too. */
function markForeignTypes(catalog: Catalog, schema: string, change: Change): Catalog {
  const prefix = `${userType([schema, '']).split('.')[0]}.`
  const users = [...catalog.tables].filter(([, t]) => t.columns.some((c) => c.type.startsWith(prefix))).map(([key]) => key)
  return users.reduce((current, key) => mark(current, key, change, `a column has a type of the dropped schema "${schema}"`), catalog)
}
