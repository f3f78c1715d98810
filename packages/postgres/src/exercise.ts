import { displayTable, quoteName } from '@expand-contract/core'
import type pg from 'pg'
import type { App } from './app.ts'
import { column, freshRow, isWritable, type TableCode } from './code.ts'
import type { Row } from './insert-row.ts'
import { plainValue } from './row-values.ts'
import { show } from './rows.ts'
import { describe } from './run-steps.ts'

/** Names one row of a table: values of the key columns. */
export type Key = readonly (string | null)[]

export interface ExerciseOptions {
  /** A connection of the prover's own: picks parents, says how a value prints. */
  readonly observer: pg.Client
  /** A number that no earlier row had. */
  readonly next: () => number
  /** Called after each write, with the row's key where it has one. */
  readonly afterWrite?: (code: TableCode, key: Key | undefined, row: Row) => Promise<void>
  /** Leaves no row behind. */
  readonly isClean: boolean
  readonly report: (failure: string) => void
}

/** Inserts, reads, updates, upserts and deletes as one application; reads back what it wrote. */
export async function exercise(app: App, code: TableCode, options: ExerciseOptions): Promise<void> {
  const { table, key } = code
  const row = await freshRow(options.observer, code, options.next())
  const full = await insert(app, code, row, options)
  if (!full) return
  await expectRow(app, code, full, row, options)
  const needed = new Map([...row].filter(([name]) => isRequired(code, name)))
  const bare = needed.size < row.size ? await insert(app, code, await withOwnKeys(code, needed, options), options) : undefined
  if (key.length === 0) return
  for (const name of code.changed) await update(app, code, full, row, [name], options)
  await update(
    app,
    code,
    full,
    row,
    [...row.keys()].filter((name) => !key.includes(name)),
    options,
  )
  for (const unique of table.uniques) await upsert(app, code, full, row, unique, options)
  await remove(app, code, full, options)
  const isBound = table.uniques.some((columns) => columns.every((name) => table.foreign.some((f) => f.columns.includes(name))))
  if (bare && (options.isClean || isBound)) await remove(app, code, bare, options)
}

/** `SELECT` of all the code's columns by key, as another application may run it on a row that this one did not write. */
export async function readByKey(app: App, { table, key }: TableCode, values: Key): Promise<Map<string, string | null> | undefined> {
  const columns = table.columns.map((c) => c.name)
  const sql = `SELECT ${columns.map(quoteName).join(', ')} FROM ${table.key} WHERE ${keyCondition(key, 0)}`
  const { rows } = await app.run(sql, values)
  const [found] = rows
  return found && new Map(columns.map((name, i) => [name, found[i] ?? null]))
}

/** `"a" = $1 AND "b" = $2` */
export function keyCondition(key: readonly string[], from: number): string {
  return key.map((name, i) => `${quoteName(name)} = $${from + i + 1}`).join(' AND ')
}

function isRequired({ table, key }: TableCode, name: string): boolean {
  const c = column(table, name)
  return c !== undefined && !c.hasDefault && (c.notNull || key.includes(name))
}

async function withOwnKeys(code: TableCode, needed: Row, options: ExerciseOptions): Promise<Row> {
  const fresh = await freshRow(options.observer, code, options.next())
  return new Map([...needed.keys()].map((name) => [name, fresh.get(name) ?? null]))
}

async function insert(app: App, code: TableCode, row: Row, options: ExerciseOptions): Promise<Key | undefined> {
  const { table, key } = code
  const names = [...row.keys()].map(quoteName)
  const values = row.size > 0 ? `(${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})` : 'DEFAULT VALUES'
  const returning = key.length > 0 ? ` RETURNING ${key.map(quoteName).join(', ')}` : ''
  const result = await tried(app, `INSERT INTO ${table.key} ${values}${returning}`, [...row.values()], options)
  if (!result) return undefined
  const id = key.length > 0 ? result.rows[0] : undefined
  await options.afterWrite?.(code, id, row)
  return id ?? []
}

async function update(app: App, code: TableCode, id: Key, row: Row, names: readonly string[], options: ExerciseOptions): Promise<void> {
  if (names.length === 0) return
  const { table, key, template } = code
  const free = (name: string) =>
    !table.foreign.some((f) => f.columns.includes(name)) &&
    !table.checks.some((c) => c.columns.includes(name)) &&
    !table.distinct.includes(name)
  const next = options.next()
  const written = new Map(
    names.map((name) => {
      const c = column(table, name)
      const value = c && free(name) ? plainValue(c.value, next) : undefined
      return [name, value ?? row.get(name) ?? template.get(name) ?? null]
    }),
  )
  const set = names.map((name, i) => `${quoteName(name)} = $${i + 1}`).join(', ')
  const sql = `UPDATE ${table.key} SET ${set} WHERE ${keyCondition(key, names.length)}`
  const write = async (values: Row) => {
    const result = await tried(app, sql, [...values.values(), ...id], options)
    if (result?.count === 0) options.report(`${displayTable(table.key)}: an UPDATE by key found no row\n  ${sql}`)
    if (result) await options.afterWrite?.(code, id, values)
    return result !== undefined
  }
  const [only, more] = names
  const canBeEmpty = only !== undefined && more === undefined && column(table, only)?.notNull === false && free(only)
  if (canBeEmpty) await write(new Map([[only, null]]))
  if (await write(written)) await expectRow(app, code, id, written, options)
}

async function upsert(app: App, code: TableCode, id: Key, row: Row, unique: readonly string[], options: ExerciseOptions): Promise<void> {
  if (unique.some((name) => row.get(name) == null)) return
  const { table, key } = code
  const names = [...row.keys()]
  const set = names.filter((name) => !key.includes(name)).map((name) => `${quoteName(name)} = EXCLUDED.${quoteName(name)}`)
  const sql = `INSERT INTO ${table.key} (${names.map(quoteName).join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')}) ON CONFLICT (${unique.map(quoteName).join(', ')}) DO ${set.length > 0 ? `UPDATE SET ${set.join(', ')}` : 'NOTHING'}`
  const result = await tried(app, sql, [...row.values()], options)
  if (!result) return
  await options.afterWrite?.(code, id, row)
  if (set.length > 0) await expectRow(app, code, id, row, options)
}

async function remove(app: App, { table, key }: TableCode, id: Key, options: ExerciseOptions): Promise<void> {
  const sql = `DELETE FROM ${table.key} WHERE ${keyCondition(key, 0)}`
  const result = await tried(app, sql, id, options)
  if (result && result.count !== 1) options.report(`${displayTable(table.key)}: a DELETE by key removed ${result.count} rows\n  ${sql}`)
}

async function expectRow(app: App, code: TableCode, id: Key, written: Row, options: ExerciseOptions): Promise<void> {
  if (id.length === 0) return
  const { table } = code
  let found: Map<string, string | null> | undefined
  try {
    found = await readByKey(app, code, id)
  } catch (error) {
    options.report(`${displayTable(table.key)}: ${describe(error)}\n  SELECT of all columns by key`)
    return
  }
  if (!found) {
    options.report(`${displayTable(table.key)}: a row that was just written is not there`)
    return
  }
  const sent = [...written].filter(([name, value]) => value !== null && isWritable(column(table, name) ?? NOT_WRITABLE))
  const printed = await asPrinted(options.observer, code, sent)
  for (const [i, [name]] of sent.entries()) {
    const [want, got] = [printed[i], found.get(name)]
    if (want !== got) options.report(`${displayTable(table.key)}.${name}: wrote ${show(want)}, read back ${show(got)}`)
  }
}

const NOT_WRITABLE = { generated: true, counts: true } as NonNullable<ReturnType<typeof column>>

/** How the server prints these values in the columns' own types. */
async function asPrinted(
  observer: pg.Client,
  { table }: TableCode,
  values: readonly [string, string | null][],
): Promise<(string | null)[]> {
  if (values.length === 0) return []
  const list = values.map(([name], i) => `CAST($${i + 1}::text AS ${column(table, name)?.type})`).join(', ')
  const types = { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig
  const { rows } = await observer.query({ text: `SELECT ${list}`, values: values.map(([, v]) => v), rowMode: 'array', types })
  return rows[0] ?? []
}

async function tried(app: App, sql: string, values: readonly (string | null)[], options: ExerciseOptions) {
  try {
    return await app.run(sql, values)
  } catch (error) {
    options.report(`${describe(error)}\n  ${sql}`)
    return undefined
  }
}
