import { type Plan, quoteName } from '@expand-contract/core'
import type pg from 'pg'
import { readLiveTables } from '../live-table.ts'
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
