import { displayTable, quoteName } from '@expand-contract/core'
import type pg from 'pg'
import { insertRow, insertTamed, type Row } from './insert-row.ts'
import { type LiveColumn, type LiveForeignKey, type LiveTable, readLiveTables } from './live-table.ts'
import { setParents } from './parents.ts'
import { hardValues, plainValue } from './row-values.ts'

/** Rows tried for a touched table, and for one that is only referenced. */
const ROWS = 18
const PARENT_ROWS = 9
/** Parents that no seeded row points to: code that runs later needs free ones. */
const FREE_PARENTS = 4

/** Fills the tables, and what they reference, with rows that hurt. Returns warnings: a touched table that took no row proves nothing. */
export async function seed(client: pg.Client, touched: readonly string[], rows: readonly string[] = []): Promise<string[]> {
  for (const sql of rows) await client.query(sql)
  const tables = await withParents(client, touched)
  for (const { table, isTouched } of tables) await seedTable(client, table, isTouched ? ROWS : PARENT_ROWS)
  return emptyTables(client, tables)
}

/**
 * Fills `before` with rows that the schema after the migration takes too, by copying what `after` was seeded with: for migrations that are meant to fail on
 * other rows (a unique index, a new foreign key).
 */
export async function seedTame(
  before: pg.Client,
  after: pg.Client,
  touched: readonly string[],
  rows: readonly string[] = [],
): Promise<string[]> {
  for (const sql of rows) await before.query(sql)
  const tables = await withParents(before, touched)
  for (const { table, isTouched } of tables) {
    const [twin] = await readLiveTables(after, [table.key])
    if (twin) await copyRows(before, after, table, twin)
    else await seedTable(before, table, isTouched ? ROWS : PARENT_ROWS)
  }
  return emptyTables(before, tables)
}

async function copyRows(before: pg.Client, after: pg.Client, table: LiveTable, twin: LiveTable): Promise<void> {
  const common = table.columns.filter((c) => !c.generated && twin.columns.some((t) => t.name === c.name && !t.generated))
  const list = common.map((c) => `${quoteName(c.name)}::text`).join(', ')
  const { rows } = await after.query({ text: `SELECT ${list} FROM ${twin.key}`, rowMode: 'array' })
  for (const [i, values] of rows.entries()) {
    const row = new Map(await buildRow(before, table, i + 2))
    for (const [at, column] of common.entries()) row.set(column.name, values[at] as string | null)
    // A row that only one of the two schemas takes says nothing about the rows of today, or is what stops the migration.
    if (await fitsBoth(before, after, table, twin, row)) await insertRow(before, table, row).catch(() => undefined)
  }
  for (const column of common.filter((c) => c.counts)) {
    await before.query(
      `SELECT setval(s, m) FROM (SELECT pg_get_serial_sequence($1, $2) AS s, max(${quoteName(column.name)}) AS m FROM ${table.key}) x WHERE s IS NOT NULL AND m > 0`,
      [table.key, column.name],
    )
  }
}

/** Values of columns that change their type must come through both: the largest numeric is no float that a numeric takes. */
async function fitsBoth(before: pg.Client, after: pg.Client, table: LiveTable, twin: LiveTable, row: Row): Promise<boolean> {
  for (const { name, type } of table.columns) {
    const next = twin.columns.find((t) => t.name === name)?.type
    if (next === undefined || next === type || row.get(name) == null) continue
    try {
      const { rows } = await before.query(`SELECT CAST($1::text AS ${type})::text AS value`, [row.get(name)])
      await after.query(`SELECT CAST($1::text AS ${next})`, [rows[0]?.value])
    } catch {
      return false
    }
  }
  return true
}

async function emptyTables(client: pg.Client, tables: readonly Seeded[]): Promise<string[]> {
  const warnings: string[] = []
  for (const { table, isTouched } of tables) {
    const { rowCount } = await client.query(`SELECT FROM ${table.key} LIMIT 1`)
    if (isTouched && rowCount === 0)
      warnings.push(`No row could be made for ${displayTable(table.key)}: what happens to its data is not proved.`)
  }
  return warnings
}

interface Seeded {
  readonly table: LiveTable
  readonly isTouched: boolean
}

/** The tables and those they reference, parents first. A parent's own parents come along only where it can't be written without them. */
async function withParents(client: pg.Client, touched: readonly string[]): Promise<Seeded[]> {
  const all = new Map<string, Seeded>()
  const add = async (names: readonly string[], isTouched: boolean): Promise<void> => {
    const tables = (await readLiveTables(client, names)).filter((table) => !all.has(table.key))
    for (const table of tables) all.set(table.key, { table, isTouched })
    const parents = tables.flatMap((table) => table.foreign.filter((f) => isTouched || isRequired(table, f)).map((f) => f.table))
    if (parents.some((key) => !all.has(key))) await add(parents, false)
  }
  await add(touched, true)
  return parentsFirst([...all.values()])
}

/** References in a circle are broken where one of them may be empty. */
function parentsFirst(tables: readonly Seeded[]): Seeded[] {
  const left = new Map(tables.map((seeded) => [seeded.table.key, seeded]))
  const order: Seeded[] = []
  const waits = ({ table }: Seeded, onlyRequired: boolean) =>
    table.foreign.some((f) => f.table !== table.key && left.has(f.table) && (!onlyRequired || isRequired(table, f)))
  while (left.size > 0) {
    const rest = [...left.values()]
    const children = ({ table }: Seeded) => rest.filter((s) => s.table.foreign.some((f) => f.table === table.key)).length
    const possible = rest.filter((s) => !waits(s, true)).sort((a, b) => children(b) - children(a))
    // In a circle the table goes first that most others wait for.
    const next = rest.find((s) => !waits(s, false)) ?? possible[0] ?? (rest[0] as Seeded)
    left.delete(next.table.key)
    order.push(next)
  }
  return order
}

function isRequired(table: LiveTable, foreign: LiveForeignKey): boolean {
  return table.columns.some((c) => foreign.columns.includes(c.name) && c.notNull)
}

async function seedTable(client: pg.Client, table: LiveTable, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await insertTamed(client, table, await buildRow(client, table, i), i)
}

/** Row 0 is plain and full, row 1 as empty as allowed, the others hurt. */
async function buildRow(client: pg.Client, table: LiveTable, i: number): Promise<Row> {
  const row = new Map<string, string | null>()
  for (const [at, column] of table.columns.entries()) {
    const value = column.generated || column.counts ? undefined : seedValue(table, column, at, i)
    if (value !== undefined) row.set(column.name, value)
  }
  await setParents(client, table, row, { n: i, reserve: FREE_PARENTS, isEmpty: i % 6 === 1 })
  return row
}

function seedValue(table: LiveTable, column: LiveColumn, at: number, i: number): string | null | undefined {
  const plain = plainValue(column.value, i)
  if (i === 0) return plain ?? (column.hasDefault || !column.notNull ? undefined : '')
  if (column.hasDefault && (i === 1 || (i + at) % 7 === 0)) return undefined
  if (!column.notNull && (i === 1 || (i + at) % 5 === 0)) return null
  const fallback = plain ?? (column.hasDefault ? undefined : column.notNull ? '' : null)
  const hard = hardValues(column.value)
  if (i === 1 || hard.length === 0) return fallback
  // Only rows that get a value count: else a list as long as the gaps are apart would always lose the same value.
  const gaps = (every: number) => Math.floor((i + at) / every) - Math.floor((1 + at) / every)
  const turn = Math.max(0, i - 2 - (column.notNull ? 0 : gaps(5)) - (column.hasDefault ? gaps(7) : 0))
  const isUnique = table.uniques.some((columns) => columns.length === 1 && columns[0] === column.name)
  return isUnique ? (hard[turn] ?? fallback) : hard[turn % hard.length]
}
