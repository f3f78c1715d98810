import { displayTable } from '@expand-contract/core'
import type pg from 'pg'
import { insertTamed, type Row } from './insert-row.ts'
import { type LiveColumn, type LiveTable, readLiveTables, type ValueType } from './live-table.ts'
import { setParents } from './parents.ts'
import { isText, plainValue } from './row-values.ts'

/** What an application does with one table, as an ORM would: it names every column of its own schema and no other. */
export interface TableCode {
  readonly table: LiveTable
  /** Values that the table takes; columns of keys and foreign keys get new ones for each row. */
  readonly template: Row
  /** Columns that name one row; empty where there is none. */
  readonly key: readonly string[]
  /** Columns that the migration changes: written one by one. */
  readonly changed: readonly string[]
  /** Columns that the migration gives another type: one whose values both types take. */
  readonly retyped: ReadonlyMap<string, ValueType>
  /** Columns that may be NULL here and not in the other schema. */
  readonly required: readonly string[]
  /** Statements that fail, and columns that read back otherwise, on the code's own schema: they say nothing about a plan and are left out. */
  readonly skips: ReadonlySet<string>
}

/** The same table in the other schema, with values that it takes, where they are known. */
interface Twin {
  readonly table: LiveTable
  readonly template?: Row
}

/** The name of a column in the other schema, and its own. */
export type ColumnNames = readonly [theirs: string, own: string]

/** Derives the code of the tables from one schema and from what the other demands of their rows. `client` gets a row per table. */
export async function deriveCode(
  client: pg.Client,
  names: readonly string[],
  twins: readonly Twin[],
  renamed: readonly ColumnNames[],
): Promise<{ code: TableCode[]; warnings: string[] }> {
  const code: TableCode[] = []
  const warnings: string[] = []
  for (const live of await readLiveTables(client, names)) {
    const twin = twins.find((t) => t.table.key === live.key)
    const table = twin ? withDemands(live, twin.table, renamed) : live
    const template = await acceptedRow(client, table, twin)
    if (!template) {
      warnings.push(`No row could be made for ${displayTable(live.key)}: no code was run on it.`)
      continue
    }
    const key = table.uniques.find((columns) => columns.every((name) => column(table, name)?.notNull)) ?? []
    const changed = table.columns.filter((c) => isWritable(c) && !key.includes(c.name) && isChanged(c, twin?.table)).map((c) => c.name)
    code.push({
      table,
      template,
      key,
      changed,
      retyped: retypedIn(table, twin?.table),
      required: requiredIn(table, twin?.table),
      skips: new Set(),
    })
  }
  return { code, warnings }
}

/** Code that lives through a migration keeps the keys of both schemas: unique and foreign keys of the other one hold for its rows too. */
function withDemands(table: LiveTable, twin: LiveTable, renamed: readonly ColumnNames[]): LiveTable {
  const own = (name: string) => (column(table, name) ? name : (renamed.find(([theirs]) => theirs === name)?.[1] ?? name))
  const has = (names: readonly string[]) => names.every((name) => column(table, name))
  return {
    ...table,
    foreign: [
      ...table.foreign,
      ...twin.foreign.filter((f) => has(f.columns) && !table.foreign.some((own) => sameColumns(own.columns, f.columns))),
    ],
    distinct: [...new Set([...table.distinct, ...twin.distinct.map(own)])].filter((name) => has([name])),
    nullsEqual: [...new Set([...table.nullsEqual, ...twin.nullsEqual.map(own)])].filter((name) => has([name])),
  }
}

function sameColumns(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name))
}

function isChanged(own: LiveColumn, twin: LiveTable | undefined): boolean {
  const there = twin && column(twin, own.name)
  return !there || there.type !== own.type || there.notNull !== own.notNull || there.hasDefault !== own.hasDefault
}

function retypedIn(table: LiveTable, twin: LiveTable | undefined): Map<string, ValueType> {
  const found = new Map<string, ValueType>()
  for (const own of table.columns) {
    const there = twin && column(twin, own.name)
    if (there && there.type !== own.type) found.set(own.name, narrower(own.value, there.value))
  }
  return found
}

function requiredIn(table: LiveTable, twin: LiveTable | undefined): string[] {
  return table.columns.filter((c) => !c.notNull && twin && column(twin, c.name)?.notNull).map((c) => c.name)
}

/** Any type's values are text; of two texts the shorter fits both. */
function narrower(own: ValueType, other: ValueType): ValueType {
  if (!isText(own)) return own
  return !isText(other) || (other.typmod > 0 && (own.typmod < 0 || other.typmod < own.typmod)) ? other : own
}

/** The same code, which writes no value that one of the two types of a column does not take, and no NULL in these columns. */
export function convertible(code: TableCode, never: readonly string[]): TableCode {
  const columns = code.table.columns.map((c) => ({
    ...c,
    value: code.retyped.get(c.name) ?? c.value,
    notNull: c.notNull || never.includes(c.name),
  }))
  // A parent may have a key that does not fit: where the reference may be empty, it is.
  const empty = new Set(columns.filter((c) => !c.notNull && code.retyped.has(c.name)).map((c) => c.name))
  const foreign = code.table.foreign.filter((f) => !f.columns.some((name) => empty.has(name)))
  const bound = new Set(code.table.foreign.flatMap((f) => f.columns))
  const template = new Map([...code.template].map(([name, value]) => [name, empty.has(name) && bound.has(name) ? null : value]))
  return { ...code, template, table: { ...code.table, columns, foreign } }
}

/** True for columns that an INSERT may name. */
export function isWritable(column: LiveColumn): boolean {
  return !column.generated && !column.counts
}

export function column(table: LiveTable, name: string): LiveColumn | undefined {
  return table.columns.find((c) => c.name === name)
}

async function acceptedRow(client: pg.Client, table: LiveTable, twin: Twin | undefined): Promise<Row | undefined> {
  const row = new Map<string, string | null>()
  for (const c of table.columns.filter(isWritable)) {
    const value = plainValue(c.value, 990)
    if (value !== undefined) row.set(c.name, value)
    else if (c.notNull && !c.hasDefault) row.set(c.name, '')
  }
  const checked = twin?.table.checks.filter((c) => !table.checks.some((own) => own.name === c.name)).flatMap((c) => c.columns)
  // A column that changes its type gets a value that both types take, as its text.
  const retyped = table.columns
    .filter((c) => twin && column(twin.table, c.name) && column(twin.table, c.name)?.type !== c.type)
    .map((c) => c.name)
  for (const name of [...(checked ?? []), ...retyped]) if (row.has(name)) row.set(name, twin?.template?.get(name) ?? row.get(name) ?? null)
  await setParents(client, table, row, { n: 0, reserve: 0 })
  return insertTamed(client, table, row, 991)
}

/** The template with keys of its own: `n` makes them unique. */
export async function freshRow(client: pg.Client, { table, template }: TableCode, n: number): Promise<Row> {
  const row = new Map(template)
  const bound = new Set(table.foreign.flatMap((f) => f.columns))
  for (const name of table.distinct) {
    const value = bound.has(name) ? undefined : column(table, name)
    const text = value && row.has(name) ? plainValue(value.value, n) : undefined
    if (text !== undefined) row.set(name, text)
  }
  await setParents(client, table, row, { n, reserve: 0 })
  return row
}
