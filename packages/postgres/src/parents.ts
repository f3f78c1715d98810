import { quoteName } from '@expand-contract/core'
import type pg from 'pg'
import type { LiveForeignKey, LiveTable } from './live-table.ts'

interface Choice {
  /** Which of several parents a row takes. */
  readonly n: number
  /** Parents at the end of the list that nobody takes here: rows that are written later need some without children. */
  readonly reserve: number
  /** Leaves the references empty that may be. */
  readonly isEmpty?: boolean
}

/** Most parents that are looked at: shadow tables hold some twenty rows. */
const MOST = 60

/** Points the row's foreign keys at rows that are there. Where there is none, an optional reference is left empty and a required one as it was. */
export async function setParents(client: pg.Client, table: LiveTable, row: Map<string, string | null>, choice: Choice): Promise<void> {
  const set = new Set<string>()
  // Wide keys first: what they fix, a narrow one over the same columns has to follow.
  for (const foreign of [...table.foreign].sort((a, b) => b.columns.length - a.columns.length)) {
    const open = foreign.columns.filter((name) => !set.has(name))
    if (open.length === 0) continue
    const optional = open.filter((name) => table.columns.some((c) => c.name === name && !c.notNull))
    const parent = choice.isEmpty && optional.length > 0 ? undefined : await pickParent(client, table, foreign, row, set, choice, optional)
    for (const name of open) {
      if (parent) row.set(name, parent[foreign.columns.indexOf(name)] ?? null)
      else if (optional.includes(name)) row.set(name, null)
      // The first row of a table that must reference itself references itself.
      else if (foreign.table === table.key) row.set(name, row.get(foreign.references[foreign.columns.indexOf(name)] ?? '') ?? null)
      set.add(name)
    }
  }
}

async function pickParent(
  client: pg.Client,
  table: LiveTable,
  foreign: LiveForeignKey,
  row: ReadonlyMap<string, string | null>,
  set: ReadonlySet<string>,
  { n, reserve }: Choice,
  optional: readonly string[],
): Promise<(string | null)[] | undefined> {
  const parts = foreign.columns.map((name, i) => ({
    name,
    child: `c.${quoteName(name)}`,
    parent: `p.${quoteName(foreign.references[i] ?? '')}`,
  }))
  const fixed = parts.filter((p) => set.has(p.name))
  const { rows } = await client.query({
    text: `SELECT EXISTS (SELECT FROM ${table.key} c WHERE ${parts.map((p) => `${p.child}::text = ${p.parent}::text`).join(' AND ')}),
        ${parts.map((p) => `${p.parent}::text`).join(', ')} FROM ${foreign.table} p
      ${fixed.length > 0 ? `WHERE ${fixed.map((p, i) => `${p.parent}::text = $${i + 1}`).join(' AND ')}` : ''} ORDER BY 2 LIMIT ${MOST}`,
    values: fixed.map((p) => row.get(p.name) ?? null),
    rowMode: 'array',
  })
  const usable = rows.length > reserve ? rows.slice(0, rows.length - reserve) : rows
  const isUnique = foreign.columns.every((name) => table.distinct.includes(name))
  const free = isUnique ? usable.find(([isTaken]) => !isTaken) : undefined
  if (isUnique && !free && optional.length > 0) return undefined
  return (free ?? usable[n % Math.max(1, usable.length)])?.slice(1)
}
