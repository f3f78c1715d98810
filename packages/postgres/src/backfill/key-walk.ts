import { type Backfill, batchName, quoteName } from '@expand-contract/core'
import type { Client } from 'pg'
import { walked } from './facts.ts'
import type { Place, Range, Walk, Wish } from './walk.ts'

/** Rows of the first window; time decides from then on. */
const FIRST = 1_000
const MOST = 100_000
/** Tables that are taken for smaller than this, in rows, are one range. */
const WORTH_CUTTING = 50_000
/** Blocks of which the keys are read to find where to cut. */
const SAMPLED_BLOCKS = 300

/**
 * Windows in key order. Any type that can be a key has the operators, and a comparison of rows uses a composite key's index. The end is fixed when the
 * ranges are made: later rows are right by themselves.
 */
export function keyWalk(step: Backfill): Walk {
  const names = step.key.map(quoteName)
  const row = (of: string): string => `(${names.map((name) => `${of}.${name}`).join(', ')})`
  const order = (of: string, direction: string): string => names.map((name) => `${of}.${name}${direction}`).join(', ')
  // As text, and without a name that ORDER BY could mean instead of the column.
  const list = names.map((name) => `ec_key.${name}::text`).join(', ')
  const source = `FROM ${walked(step)} AS ec_key`

  async function end(client: Client, { at, upto }: Range, size: number): Promise<string[] | undefined> {
    const conditions = [...(at ? [`${row('ec_key')} > ${places(at, 0)}`] : []), `${row('ec_key')} <= ${places(upto, at?.length ?? 0)}`]
    const { rows } = await client.query<string[]>({
      text: `SELECT ${list} ${source} WHERE ${conditions.join(' AND ')} ORDER BY ${order('ec_key', '')} OFFSET ${size - 1} LIMIT 1`,
      values: [...(at ?? []), ...(upto ?? [])],
      rowMode: 'array',
    })
    return rows[0]
  }

  return {
    name: 'keys',
    unit: 'rows',
    first: FIRST,
    most: MOST,
    sizeOf: (rows) => rows,
    async ranges(client, facts, parts) {
      const last = await client.query<string[]>({
        text: `SELECT ${list} ${source} ORDER BY ${order('ec_key', ' DESC')} LIMIT 1`,
        rowMode: 'array',
      })
      const upto = last.rows[0]
      if (!upto) return []
      const cuts = facts.rows < WORTH_CUTTING ? [] : await sample(client, facts.blocks, parts)
      const ends = [...cuts.filter((cut) => !sameKey(cut, upto)), upto]
      return ends.map((to, i) => ({ at: i === 0 ? null : (ends[i - 1] as string[]), upto: to }))
    },
    async window(client, range, { size }: Wish) {
      const found = await end(client, range, size)
      const next: Place = found ?? range.upto
      const own = row(batchName(step))
      const after = range.at ? [`${own} > ${places(range.at, 0)}`] : []
      const isSingle = size === 1
      return {
        condition: [...after, `${own} <= ${places(next, range.at?.length ?? 0)}`].join(' AND '),
        values: [...(range.at ?? []), ...(next ?? [])].map(String),
        next,
        isLast: found === undefined,
        seen: found ? size : 0,
        isSingle,
        ...(isSingle && found && { row: found }),
      }
    },
  }

  /** Keys that cut the table into about equal parts, in order: as many rows lie between two as statistics of a sample tell. */
  async function sample(client: Client, blocks: number, parts: number): Promise<string[][]> {
    const percent = Math.min(100, (100 * SAMPLED_BLOCKS) / Math.max(blocks, 1))
    // Under names of ours: a key's column may have any.
    const own = names.map((_, i) => `ec_key.k${i}`)
    const { rows } = await client.query<string[]>({
      text: `SELECT ${own.map((name) => `${name}::text`).join(', ')} FROM (
          SELECT ${names.map((name, i) => `${name} AS k${i}`).join(', ')}, row_number() OVER (ORDER BY ${names.join(', ')}) AS number, count(*) OVER () AS count
          FROM ${walked(step)} TABLESAMPLE SYSTEM (${percent})
        ) AS ec_key WHERE number % greatest(count / ${parts}, 1) = 0 ORDER BY ${own.join(', ')} LIMIT ${parts}`,
      rowMode: 'array',
    })
    return rows
  }
}

function places(values: Place, from: number): string {
  return `(${(values ?? []).map((_, i) => `$${from + i + 1}`).join(', ')})`
}

function sameKey(a: readonly string[], b: readonly string[]): boolean {
  return a.every((value, i) => value === b[i])
}
