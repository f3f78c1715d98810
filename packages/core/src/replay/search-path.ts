import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { DEFAULT_SCHEMA, strings } from '../sql/relation.ts'
import { tokensIn } from '../sql/tokens.ts'
import { unquoted } from './names-in.ts'

/** What SET, RESET or `set_config` makes of the search_path. */
export interface PathChange {
  /** Schemas in order; undefined: PostgreSQL's own path. */
  readonly path: readonly string[] | undefined
  /** It ends with the transaction. */
  readonly isLocal: boolean
}

/** Reads SET, RESET and DISCARD ALL; undefined where the statement leaves the search_path alone. */
export function pathChange(tag: string, fields: PgNode): PathChange | undefined {
  if (tag === 'DiscardStmt') return fields.target === 'DISCARD_ALL' ? { path: undefined, isLocal: false } : undefined
  if (fields.kind === 'VAR_RESET_ALL') return { path: undefined, isLocal: false }
  if (fields.name !== 'search_path') return undefined
  const isLocal = fields.is_local === true
  if (fields.kind !== 'VAR_SET_VALUE') return { path: undefined, isLocal }
  // An empty text is left out of the tree.
  return { path: usual(((fields.args ?? []) as PgNode[]).map((a) => (a.A_Const?.sval?.sval as string | undefined) ?? '')), isLocal }
}

/** Reads `SELECT set_config('search_path', …)`; 'unknown' where the value is put together when it runs. */
export function configuredPath(select: PgNode): PathChange | 'unknown' | undefined {
  for (const target of (select.targetList ?? []) as PgNode[]) {
    const call = target.ResTarget?.val?.FuncCall as PgNode | undefined
    if (!call || strings(call.funcname).at(-1) !== 'set_config') continue
    const [name, value, local] = (call.args ?? []) as PgNode[]
    const setting = name?.A_Const ? (name.A_Const.sval?.sval as string | undefined) : undefined
    if (setting === undefined || !value?.A_Const || value.A_Const.isnull || !local?.A_Const) return 'unknown'
    if (setting !== 'search_path') continue
    return { path: usual(namesOf(value.A_Const.sval?.sval ?? '')), isLocal: local.A_Const.boolval?.boolval === true }
  }
  return undefined
}

/** The schemas of a list as text: names without quotes are read in small letters. */
function namesOf(list: string): string[] {
  return tokensIn(Buffer.from(list))
    .filter((t) => t.text !== ',')
    .map((t) => unquoted(t.text))
}

/** The path without what is looked into anyway; undefined where it means what PostgreSQL's own does. A schema that is called like the user is not known to be there. */
function usual(names: readonly string[]): readonly string[] | undefined {
  const path = names.filter((name) => name !== '$user' && name !== '' && name !== 'pg_catalog' && name !== 'pg_temp')
  return path.length === 1 && path[0] === DEFAULT_SCHEMA ? undefined : path
}

/** Schemas of the path that are there, in order. */
export function schemasOfPath(catalog: Catalog): readonly string[] {
  const path = catalog.searchPath ?? [DEFAULT_SCHEMA]
  return path.filter((schema) => catalog.schemas.has(schema))
}

/** The catalog under another search_path. */
export function withPath(catalog: Catalog, { path, isLocal }: PathChange): Catalog {
  const { searchPath, sessionPath, ...rest } = catalog
  const before = sessionPath ?? searchPath ?? 'usual'
  return { ...rest, ...(path && { searchPath: path }), ...(isLocal && { sessionPath: before }) }
}

/** What SET LOCAL has set ends with the transaction. */
export function withoutLocalPath(catalog: Catalog): Catalog {
  const { sessionPath } = catalog
  return sessionPath === undefined
    ? catalog
    : withPath(catalog, { path: sessionPath === 'usual' ? undefined : sessionPath, isLocal: false })
}

/** Every setting ends with the script. */
export function withoutPath(catalog: Catalog): Catalog {
  return catalog.searchPath === undefined && catalog.sessionPath === undefined
    ? catalog
    : withPath(catalog, { path: undefined, isLocal: false })
}
