import { displayTable, type Plan, quoteName } from '@expand-contract/core'
import type pg from 'pg'
import type { App } from '../app.ts'
import type { TableCode } from '../code.ts'
import { type Key, readByKey } from '../exercise.ts'
import { readLiveTables } from '../live-table.ts'
import { describe } from '../run-steps.ts'
import type { Proof } from './law.ts'

/** A column that the plan keeps filled for new code. */
export interface Promised {
  readonly key: string
  readonly column: string
}

/** The columns that the plan's syncs and fills promise to new code. */
export async function promisedColumns(client: pg.Client, { syncs, expects }: Plan): Promise<Promised[]> {
  const promised: Promised[] = []
  for (const { table, column } of [...expects, ...syncs.map((s) => ({ table: s.table, column: s.new }))]) {
    for (const { key } of await readLiveTables(client, [table])) promised.push({ key, column })
  }
  return promised
}

/** In how many rows such a column is NULL although the final schema says NOT NULL; 0 where it is not there yet. */
export async function nullRows(client: pg.Client, proof: Proof, { key, column }: Promised): Promise<number> {
  if (!proof.after.tables.get(key)?.columns.some((c) => c.name === column && c.notNull)) return 0
  const there = (await readLiveTables(client, [key])).some((table) => table.columns.some((c) => c.name === column))
  if (!there) return 0
  const { rows } = await client.query(`SELECT count(*)::int AS n FROM ${key} WHERE ${quoteName(column)} IS NULL`)
  return rows[0]?.n
}

/** What a reader may rely on, and where to say that it could not. */
interface Promises {
  /** Columns that the plan keeps filled for new code. */
  readonly promised: readonly Promised[]
  /** Columns that the ORM's own migration makes optional. */
  readonly loosened: ReadonlySet<string>
  readonly warn: (message: string) => void
  readonly report: (failure: string) => void
}

/** A row that one application wrote must be readable for the other, with no NULL where its schema promises a value. */
export async function seenByOther(
  other: App,
  otherCode: readonly TableCode[],
  code: TableCode,
  key: Key,
  { promised, loosened, warn, report }: Promises,
): Promise<void> {
  const theirs = otherCode.find((c) => c.table.key === code.table.key)
  if (!theirs || theirs.key.join() !== code.key.join()) return
  try {
    const seen = await readByKey(other, theirs, key)
    if (!seen) return report(`a row of ${displayTable(code.table.key)} is not there for the ${other.name} code`)
    for (const { name, notNull } of theirs.table.columns) {
      // What old code may leave NULL until the contract, new code has to bear, unless the plan fills it.
      if (!notNull || seen.get(name) !== null) continue
      const on = `${displayTable(code.table.key)}.${name}`
      if (other.name === 'old' && loosened.has(`${theirs.table.key}.${name}`)) {
        warn(`${on} becomes optional: deploy code that can read NULL there before code that writes it.`)
      } else if (other.name === 'old' || promised.some((p) => p.key === theirs.table.key && p.column === name)) {
        report(`${on} is NULL for the ${other.name} code, whose schema says NOT NULL`)
      }
    }
  } catch (error) {
    report(`the ${other.name} code can't read the row: ${describe(error)}`)
  }
}

/** Columns that are NOT NULL before and optional after, because the ORM's migration says so, as `table.column`. */
export function loosenedColumns({ before, after }: Proof): Set<string> {
  const found = [...before.tables].flatMap(([key, table]) => {
    const next = after.tables.get(key)?.columns ?? []
    return table.columns.filter((c) => c.notNull && next.some((n) => n.name === c.name && !n.notNull)).map((c) => `${key}.${c.name}`)
  })
  return new Set(found)
}
