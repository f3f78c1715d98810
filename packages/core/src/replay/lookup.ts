import type { Catalog } from '../catalog/catalog.ts'
import { builtInVolatility } from '../facts/function-volatility.ts'
import { tableKey } from '../sql/relation.ts'
import { isOwnType, userType } from '../sql/type-name.ts'
import { schemaOf } from './extension.ts'
import { brings, type Content } from './extension-content.ts'
import { tableOfIndex, temporaryTables } from './names.ts'
import { viewWithIndex } from './object-name.ts'
import { schemasOfPath } from './search-path.ts'
import { hasType } from './types.ts'

/** The schema of temporary tables, which is looked into before all others. */
export const TEMPORARY = 'pg_temp'

/** Where names without a schema are found, by the kind of what they name; undefined where nothing of the kind is known to have the name. */
export interface Lookup {
  /** The schema that something new goes to; undefined where there is none. */
  readonly creation: string | undefined
  /** A schema of the path, there or not, for names that are not found: what nobody made is nowhere. */
  readonly nowhere: string
  relation(name: string): string | undefined
  index(name: string): string | undefined
  /** 'own' for PostgreSQL's own. */
  type(name: string): string | 'own' | undefined
  routine(name: string): string | 'own' | undefined
  /** An operator class that an extension brings. */
  operatorClass(name: string): string | undefined
}

/** Looks names up along the catalog's search_path. */
export function lookupIn(catalog: Catalog): Lookup {
  const schemas = schemasOfPath(catalog)
  const temporary = temporaryTables(catalog.tables)
  const first = (has: (schema: string) => boolean): string | undefined => schemas.find(has)
  const brought = (schema: string, pick: (content: Content) => readonly string[], name: string): boolean =>
    [...catalog.extensions].some(
      (extension) => schemaOf(catalog, extension) === schema && pick(brings(extension) ?? NOTHING).includes(name),
    )
  const isRelation = (key: string): boolean => catalog.tables.has(key) || catalog.views.has(key) || catalog.sequences.has(key)
  return {
    creation: schemas[0],
    nowhere: schemas[0] ?? catalog.searchPath?.[0] ?? 'pg_catalog',
    relation: (name) =>
      temporary.includes(tableKey(name, TEMPORARY))
        ? TEMPORARY
        : first((s) => isRelation(tableKey(name, s)) || catalog.composites.has(userType([s, name]))),
    index: (name) => first((s) => tableOfIndex(catalog.tables, s, name) !== undefined || viewWithIndex(catalog, s, name) !== undefined),
    type: (name) => {
      if (isOwnType(name) || SERIALS.has(name)) return 'own'
      return first(
        (s) =>
          hasType(catalog, userType([s, name])) ||
          brought(s, (c) => c.types, name) ||
          catalog.tables.has(tableKey(name, s)) ||
          catalog.views.has(tableKey(name, s)),
      )
    },
    routine: (name) => {
      const found = first((s) => isRoutine(catalog, tableKey(name, s)) || brought(s, (c) => c.functions, name))
      return found ?? (VOLATILE.has(name) || builtInVolatility(name, NEWEST) !== undefined ? 'own' : undefined)
    },
    operatorClass: (name) => first((s) => brought(s, (c) => c.classes, name)),
  }
}

const NOTHING: Content = { types: [], functions: [], classes: [], open: false }

const NEWEST = 18

/** PostgreSQL's own volatile functions that stand in defaults and checks. */
const VOLATILE: ReadonlySet<string> = new Set(
  `random random_normal gen_random_uuid uuidv4 uuidv7 nextval currval setval lastval clock_timestamp timeofday count sum min max avg array_agg string_agg
  json_agg jsonb_agg bool_and bool_or every row_number rank dense_rank lag lead first_value last_value nth_value set_config pg_advisory_xact_lock`
    .split(/\s+/)
    .filter(Boolean),
)

const SERIALS: ReadonlySet<string> = new Set('serial bigserial smallserial serial2 serial4 serial8'.split(' '))

function isRoutine(catalog: Catalog, key: string): boolean {
  return catalog.functions.has(key) || catalog.routines?.has(key) === true
}
