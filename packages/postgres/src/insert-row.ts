import { quoteName, scan } from '@expand-contract/core'
import pg from 'pg'
import type { LiveCheck, LiveColumn, LiveTable } from './live-table.ts'
import { plainValue } from './row-values.ts'

/** Values as text by column; a column that is not there is left to its default. */
export type Row = ReadonlyMap<string, string | null>

const MOST_ATTEMPTS = 12

/** Inserts the row as it is, outside any transaction. Throws PostgreSQL's error. */
export async function insertRow(client: pg.Client, table: LiveTable, row: Row): Promise<void> {
  const names = [...row.keys()].map(quoteName).join(', ')
  const places = [...row.keys()].map((_, i) => `$${i + 1}`).join(', ')
  const values = row.size > 0 ? `(${names}) OVERRIDING SYSTEM VALUE VALUES (${places})` : 'DEFAULT VALUES'
  await client.query(`INSERT INTO ${table.key} ${values}`, [...row.values()])
}

/**
 * Inserts the row; where a constraint rejects it, tries simpler values in the columns of that constraint. Returns the row as the table took it, or
 * undefined where no attempt was taken. `n` makes its plain values its own.
 */
export async function insertTamed(client: pg.Client, table: LiveTable, wanted: Row, n: number): Promise<Row | undefined> {
  let row = wanted
  const tries = new Map<string, number>()
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    try {
      await insertRow(client, table, row)
      return row
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error
      const name = error.constraint ?? error.column ?? error.code ?? ''
      const time = tries.get(name) ?? 0
      tries.set(name, time + 1)
      const tamed = tame(table, row, n, error, time)
      if (!tamed) return undefined
      row = tamed
    }
  }
  return undefined
}

function tame(table: LiveTable, row: Row, n: number, error: pg.DatabaseError, time: number): Row | undefined {
  const check = table.checks.find((c) => c.name === error.constraint)
  if (error.code === '23514' && check) return satisfy(table, row, n, check, time)
  if (error.code === '23505') {
    const columns = table.uniqueNames.get(error.constraint ?? '') ?? []
    return withValues(table, row, columns, n + time * 7919)
  }
  if (error.code === '23502' && error.column) return withValues(table, row, [error.column], n)
  if (error.code === '23503') return undefined
  // The server names no column (overflow in an expression, a trigger that raises): everything becomes plain, once.
  return time === 0
    ? withValues(
        table,
        row,
        table.columns.filter((c) => row.has(c.name)).map((c) => c.name),
        n,
      )
    : undefined
}

/** The row with plain values in these columns. Foreign keys keep their value: it is there because its parent is. */
function withValues(table: LiveTable, row: Row, names: readonly string[], n: number): Row {
  const changed = new Map(row)
  for (const column of writable(table, names)) {
    const value = plainValue(column.value, n)
    if (value !== undefined) changed.set(column.name, value)
  }
  return changed
}

function writable(table: LiveTable, names: readonly string[]): LiveColumn[] {
  const bound = new Set(table.foreign.flatMap((f) => f.columns))
  return table.columns.filter((c) => names.includes(c.name) && !bound.has(c.name) && !c.generated && !c.counts)
}

/** The next guess at what a CHECK wants: one of the constants that it names, the same plain value everywhere, or one column NULL. */
function satisfy(table: LiveTable, row: Row, n: number, check: LiveCheck, time: number): Row | undefined {
  const constants = constantsOf(check.definition)
  const columns = writable(table, check.columns)
  if (time < constants.length) {
    const changed = new Map(row)
    for (const column of columns) changed.set(column.name, constants[(n + time) % constants.length] ?? null)
    return changed
  }
  if (time === constants.length) return withValues(table, row, check.columns, n)
  const nullable = table.columns.filter((c) => check.columns.includes(c.name) && !c.notNull)
  const column = nullable[time - constants.length - 1]
  return column && new Map(withValues(table, row, check.columns, n)).set(column.name, null)
}

/** Texts and numbers that an expression names, in order. */
function constantsOf(definition: string): string[] {
  const found = scan(definition).flatMap(({ name, text }) => {
    if (name === 'SCONST') return [text.slice(1, -1).replaceAll("''", "'")]
    return name === 'ICONST' || name === 'FCONST' ? [text] : []
  })
  return [...new Set(found)].slice(0, MOST_ATTEMPTS - 4)
}
