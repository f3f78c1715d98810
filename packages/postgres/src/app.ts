import { type PgNode, parseStatement } from '@expand-contract/core'
import type pg from 'pg'

/** Values as the server sent them: what the wire carries is what an application sees. */
const RAW = { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig

/** One running application: a connection whose statements are all prepared by name once and then executed again and again. */
export interface App {
  readonly name: 'old' | 'new'
  /** Executes a statement, prepared under a name of its own at its first run. Throws PostgreSQL's error. */
  run(sql: string, values: readonly (string | null)[]): Promise<{ rows: (string | null)[][]; count: number }>
  /** A step that invalidates plans just ran, or runs until the returned function is called: each statement known by then may be prepared anew, once. */
  forgivePlans(): () => void
  /** From here on a stale plan is an error again. */
  endForgiveness(): void
  /** Statements executed so far. */
  executed(): number
  /** How many statements were prepared anew. */
  reprepared(): number
}

interface Prepared {
  readonly name: string
  generation: number
  isForgiven: boolean
}

/** An application on this connection. */
export function openApp(client: pg.Client, name: 'old' | 'new'): App {
  const known = new Map<string, Prepared>()
  let executed = 0
  let reprepared = 0
  let isForgiving = false
  const execute = async (prepared: Prepared, sql: string, values: readonly (string | null)[]) => {
    const result = await client.query({
      name: `${prepared.name}_${prepared.generation}`,
      text: sql,
      values: [...values],
      rowMode: 'array',
      types: RAW,
    })
    executed++
    return { rows: result.rows as (string | null)[][], count: result.rowCount ?? 0 }
  }
  return {
    name,
    run: async (sql, values) => {
      const prepared = known.get(sql) ?? { name: `app_${name}_${known.size}`, generation: 0, isForgiven: isForgiving }
      known.set(sql, prepared)
      try {
        return await execute(prepared, sql, values)
      } catch (error) {
        if (!isStalePlan(error) || !prepared.isForgiven) throw error
        prepared.isForgiven = false
        prepared.generation++
        reprepared++
        return await execute(prepared, sql, values)
      }
    },
    forgivePlans: () => {
      for (const prepared of known.values()) prepared.isForgiven = true
      isForgiving = true
      return () => {
        isForgiving = false
      }
    },
    endForgiveness: () => {
      isForgiving = false
      for (const prepared of known.values()) prepared.isForgiven = false
    },
    executed: () => executed,
    reprepared: () => reprepared,
  }
}

/** The columns that a named prepared statement returns have changed (0A000), or the type of its parameter is gone: it must be prepared anew. */
function isStalePlan(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return code === '0A000' || (code === 'XX000' && message?.startsWith('cache lookup failed for type') === true)
}

/** True where a statement has a parameter. Throws where it is not SQL. */
export function takesNumber(sql: string): boolean {
  return hasParameter(parseStatement(sql))
}

function hasParameter(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasParameter)
  if (node === null || typeof node !== 'object') return false
  return 'ParamRef' in (node as PgNode) || Object.values(node).some(hasParameter)
}
