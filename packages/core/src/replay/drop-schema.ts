import type { Catalog } from '../catalog/catalog.ts'
import { displayTable } from '../sql/relation.ts'
import type { Change } from './change.ts'
import { type DropOptions, dropForeignKeys } from './drop-column.ts'
import { markEverything, removeTable, without } from './edit.ts'
import { dropExtensions } from './extension.ts'
import { dropDependents, removeTypes } from './fall.ts'
import { withoutSequences } from './owned.ts'
import { extensionsOf, insideOf } from './rename-schema.ts'
import { dropOwnedSequences } from './sequence.ts'
import { typesOfSchema } from './types.ts'
import { dropReaders } from './view.ts'

/** DROP SCHEMA: an empty one leaves nothing behind; by CASCADE all that it holds goes, and what hangs on that elsewhere. */
export function dropSchemas(catalog: Catalog, names: readonly string[], change: Change, options: DropOptions): Catalog {
  return names
    .filter((name) => catalog.schemas.has(name) || !options.missingOk)
    .reduce((current, name) => dropSchema(current, name, change, options), catalog)
}

function dropSchema(catalog: Catalog, schema: string, change: Change, options: DropOptions): Catalog {
  if (!catalog.schemas.has(schema)) return markEverything(catalog, change, `the schema "${schema}" is not known`)
  const schemas = new Set(catalog.schemas)
  schemas.delete(schema)
  const { relations, functions } = insideOf(catalog, schema)
  const types = typesOfSchema(catalog, schema).map(({ type }) => type)
  const extensions = extensionsOf(catalog, schema)
  const inside = [...relations.map(displayTable), ...functions.map(displayTable), ...types, ...extensions]
  if (inside[0] !== undefined && !options.cascade)
    return markEverything({ ...catalog, schemas }, change, `the schema "${schema}" is dropped while it holds ${inside[0]}`)
  const bare = dropExtensions({ ...catalog, schemas }, extensions, change, true)
  const tables = relations.filter((key) => bare.tables.has(key))
  const emptied = withoutSequences(
    tables.reduce((current, key) => removeTable(current, key), bare),
    relations,
  )
  const left: Catalog = {
    ...emptied,
    views: without(emptied.views, ...relations),
    functions: without(emptied.functions, ...functions),
    ...(emptied.routines && { routines: without(emptied.routines, ...functions) }),
    incomplete: without(emptied.incomplete, ...relations),
  }
  const cut = dropForeignKeys(left, tables, (c) => tables.includes(c.references?.table ?? ''), change, true)
  const unread = dropReaders(withoutChildren(cut, tables), (key) => relations.includes(key), change, true)
  return dropDependents(
    removeTypes(unread, new Set(types)),
    { types: new Set(types), relations: new Set(relations), functions: new Set(functions) },
    change,
    true,
  )
}

/** What inherits from a table that goes, goes too. */
function withoutChildren(catalog: Catalog, gone: readonly string[]): Catalog {
  const children = [...catalog.tables].filter(([, table]) => table.parents?.some((parent) => gone.includes(parent))).map(([key]) => key)
  if (children.length === 0) return catalog
  const left = children.reduce((current, key) => dropOwnedSequences(removeTable(current, key), key), catalog)
  return withoutChildren(left, children)
}
