import type { Catalog } from '../catalog/catalog.ts'
import { DEFAULT_SCHEMA, splitKey } from '../sql/relation.ts'
import type { Change } from './change.ts'
import { markEverything, withEntry } from './edit.ts'
import { contentMoves } from './extension.ts'
import { brings } from './extension-content.ts'
import { type Moves, moved, type Path } from './moved.ts'
import { typesOfSchema } from './types.ts'

/** ALTER SCHEMA … RENAME TO: everything in it is kept by its identity and follows. */
export function renameSchema(catalog: Catalog, from: string, to: string, change: Change): Catalog {
  if (!catalog.schemas.has(from)) return markEverything(catalog, change, `the schema "${from}" is not known`)
  const { relations, functions } = insideOf(catalog, from)
  const into = (keys: readonly string[]): Map<string, Path> => new Map(keys.map((key) => [key, [to, splitKey(key)[1]]]))
  const types = new Map(typesOfSchema(catalog, from).map(({ type, name }): [string, Path] => [type, [to, name]]))
  const brought = extensionsOf(catalog, from)
    .map((name) => brings(name))
    .filter((content) => content !== undefined)
  const moves = brought.map((content) => contentMoves(content, from, to))
  const all = <T>(own: ReadonlyMap<string, T>, pick: (m: Moves) => ReadonlyMap<string, T> | undefined): Map<string, T> =>
    new Map([...own, ...moves.flatMap((m) => [...(pick(m) ?? [])])])
  const current = moved(
    catalog,
    {
      types: all(types, (m) => m.types),
      relations: into(relations),
      functions: all(into(functions), (m) => m.functions),
      classes: all(new Map(), (m) => m.classes),
    },
    change,
  )
  const schemas = new Set(catalog.schemas)
  schemas.delete(from)
  const extensionSchemas = extensionsOf(catalog, from).reduce(
    (map, name) => withEntry(map, name, to),
    catalog.extensionSchemas ?? new Map<string, string>(),
  )
  return { ...current, schemas: schemas.add(to), ...(extensionSchemas.size > 0 && { extensionSchemas }) }
}

/** Extensions that a schema holds the content of. */
export function extensionsOf(catalog: Catalog, schema: string): string[] {
  return [...catalog.extensions].filter((name) => (catalog.extensionSchemas?.get(name) ?? DEFAULT_SCHEMA) === schema)
}

/** Keys of the tables, views and sequences of a schema, and of its functions. */
export function insideOf(catalog: Catalog, schema: string): { relations: string[]; functions: string[] } {
  const inside = (keys: Iterable<string>): string[] => [...keys].filter((key) => splitKey(key)[0] === schema)
  return {
    relations: [...inside(catalog.tables.keys()), ...inside(catalog.views.keys()), ...inside(catalog.sequences.keys())],
    functions: [...new Set([...inside(catalog.functions.keys()), ...inside(catalog.routines?.keys() ?? [])])],
  }
}
