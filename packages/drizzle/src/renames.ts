import type { Intent } from '@expand-contract/core'
import { isObject } from './json.ts'

type Rename = Extract<Intent, { kind: 'rename' }>

/** Column renames that a v1 snapshot records, from the answers that the kit was given: format 9 as deltas, format 8 as a list of paths. */
export function columnRenames(snapshot: Readonly<Record<string, unknown>>): Rename[] {
  const found = snapshot.version === '9' ? fromDeltas(list(snapshot.deltas)) : fromPaths(list(snapshot.renames), list(snapshot.ddl))
  return found.filter(({ column, to }) => column !== to)
}

/** A delta's key is the kind of entity, a zero byte, and its path as JSON: `columns\0["public","users","name"]`. */
function fromDeltas(deltas: readonly unknown[]): Rename[] {
  return deltas.flatMap((delta) => {
    if (!isObject(delta) || delta.op !== 'rename' || typeof delta.key !== 'string' || !isObject(delta.set)) return []
    const [kind, key = ''] = delta.key.split('\0')
    const to = delta.set.name
    if (kind !== 'columns' || typeof to !== 'string') return []
    const [schema, table, column] = JSON.parse(key) as string[]
    return schema !== undefined && table !== undefined && column !== undefined ? [rename(schema, table, column, to)] : []
  })
}

/**
 * Format 8 writes `public.users.name->public.users.full_name` for every kind of entity and quotes nothing: only what is a column of the new state is one,
 * and a name with a dot in it can't be told from its path, so it gives no intent.
 */
function fromPaths(renames: readonly unknown[], ddl: readonly unknown[]): Rename[] {
  const columns = ddl.filter(isObject).filter((entity) => entity.entityType === 'columns')
  return renames.flatMap((text) => {
    const [from, to] = typeof text === 'string' ? text.split('->').map((side) => side.split('.')) : []
    if (from?.length !== 3 || to?.length !== 3) return []
    const [schema = '', table = '', name = ''] = to
    if (!columns.some((c) => c.schema === schema && c.table === table && c.name === name)) return []
    return [rename(schema, table, from[2] ?? '', name)]
  })
}

function rename(schema: string, table: string, column: string, to: string): Rename {
  return { kind: 'rename', table: schema === 'public' ? table : `${schema}.${table}`, column, to }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
