import { quoteName } from '@expand-contract/core'
import type pg from 'pg'

/** One value of each row: what to read, as SQL over the row. The result is compared as text. */
export interface Reading {
  readonly name: string
  readonly sql: string
}

/** The readings of plain columns. */
export function columnReadings(names: readonly string[]): Reading[] {
  return names.map((name) => ({ name, sql: quoteName(name) }))
}

/** All rows of a table as text. Throws PostgreSQL's error where a reading can't be computed. */
export async function readRows(client: pg.Client, table: string, readings: readonly Reading[]): Promise<(string | null)[][]> {
  const list = readings.map((r) => `(${r.sql})::text`).join(', ')
  const { rows } = await client.query({ text: `SELECT ${list} FROM ${table}`, rowMode: 'array' })
  return rows
}

/** Compares two sets of rows whatever their order; says how many differ and shows the first of each side. Undefined where they are equal. */
export function compareRows(
  expected: readonly (string | null)[][],
  actual: readonly (string | null)[][],
  names: readonly string[],
): string | undefined {
  if (expected.length !== actual.length) return `${expected.length} rows expected, ${actual.length} found`
  const counts = new Map<string, number>()
  for (const row of expected) counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) + 1)
  const extra: (string | null)[][] = []
  for (const row of actual) {
    const key = JSON.stringify(row)
    const left = counts.get(key) ?? 0
    if (left === 0) extra.push(row)
    else counts.set(key, left - 1)
  }
  const [found] = extra
  if (!found) return undefined
  const missing = [...counts].filter(([, n]) => n > 0).map(([key]) => JSON.parse(key) as (string | null)[])
  // The expected row most like the one found is most likely the same row.
  const likeness = (row: (string | null)[]) => row.filter((v, i) => v === found[i]).length
  const wanted = missing.sort((a, b) => likeness(b) - likeness(a))[0] ?? []
  const differences = names.flatMap((name, i) =>
    wanted[i] === found[i] ? [] : [`${name}: expected ${show(wanted[i])}, found ${show(found[i])}`],
  )
  return `${extra.length} of ${actual.length} rows differ, for example ${differences.join('; ')}`
}

/** A value for a message: quoted, at most 40 characters. */
export function show(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  return JSON.stringify([...value].length > 40 ? `${[...value].slice(0, 40).join('')}…` : value)
}
