import type { Catalog, Routine } from '../../catalog/catalog.ts'
import { type PgNode, untag } from '../../sql/parser.ts'
import { strings, tableKey } from '../../sql/relation.ts'
import { bareType, splitType } from '../../sql/type-name.ts'
import type { ScopeColumn } from './scope.ts'

/** The columns that a function in FROM gives; undefined where they are not known. Those of a table's row are the table's. */
export function functionColumns(from: PgNode, catalog: Catalog): readonly ScopeColumn[] | undefined {
  const calls = ((from.functions ?? []) as PgNode[]).map((f) => f.List?.items as PgNode[])
  const alias = calls.length === 1 ? (from.alias?.aliasname as string | undefined) : undefined
  const lists = calls.map(
    ([call, definitions]) => bare(defined(definitions?.List?.items) ?? defined(from.coldeflist)) ?? resultOf(call, alias, catalog),
  )
  if (lists.some((list) => !list)) return undefined
  return [...lists.flatMap((list) => list ?? []), ...(from.ordinality ? [{ name: 'ordinality', of: [] }] : [])]
}

function bare(names: readonly string[] | undefined): readonly ScopeColumn[] | undefined {
  return names?.map((name) => ({ name, of: [] }))
}

function defined(list: readonly PgNode[] | undefined): readonly string[] | undefined {
  return list && list.length > 0 ? list.map((d) => d.ColumnDef.colname as string) : undefined
}

const EACH = ['key', 'value']

/** Functions of PostgreSQL whose result has named columns. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  json_each: EACH,
  json_each_text: EACH,
  jsonb_each: EACH,
  jsonb_each_text: EACH,
  json_array_elements: ['value'],
  json_array_elements_text: ['value'],
  jsonb_array_elements: ['value'],
  jsonb_array_elements_text: ['value'],
}

/** Functions of PostgreSQL that give one value, whose column is called as the alias or the function. */
const ONE_VALUE: ReadonlySet<string> = new Set(
  `generate_series generate_subscripts json_object_keys jsonb_object_keys jsonb_path_query jsonb_path_query_tz regexp_matches
  regexp_split_to_table string_to_table regexp_split_to_array string_to_array current_setting now lower upper concat`.split(/\s+/),
)

function resultOf(node: PgNode | undefined, alias: string | undefined, catalog: Catalog): readonly ScopeColumn[] | undefined {
  const [tag, call] = untag(node)
  if (tag !== 'FuncCall') return undefined
  const path = strings(call.funcname)
  const name = path.at(-1) ?? ''
  const overloads = catalog.routines?.get(tableKey(name, path.at(-2))) ?? []
  if (overloads.length > 0) return overloads.length === 1 ? ofUser(overloads[0] as Routine, alias ?? name, catalog) : undefined
  if (path.length > 1 && path[0] !== 'pg_catalog') return undefined
  if (name === 'unnest') return call.args?.length === 1 && catalog.composites.size === 0 ? bare([alias ?? name]) : undefined
  return bare(NAMED[name] ?? (ONE_VALUE.has(name) ? [alias ?? name] : undefined))
}

function ofUser({ gives }: Routine, name: string, catalog: Catalog): readonly ScopeColumn[] | undefined {
  if (typeof gives !== 'string') return bare(gives)
  const row = gives.endsWith('[]') ? undefined : rowColumns(gives, catalog)
  return row ?? (['record', 'anyelement'].includes(gives) ? undefined : bare([name]))
}

/** Columns of a type that is a row: a composite type, a table or a view. */
function rowColumns(type: string, catalog: Catalog): readonly ScopeColumn[] | undefined {
  const composite = catalog.composites.get(bareType(type))
  if (composite) return bare(composite.map((a) => a.name))
  const [schema, name] = splitType(type)
  const table = tableKey(name, schema)
  const columns = catalog.tables.get(table)?.columns.map((c) => c.name) ?? catalog.views.get(table)?.columns
  return columns?.map((column) => ({ name: column, of: [{ table, column }] }))
}
