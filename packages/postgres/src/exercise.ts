import { displayTable } from '@expand-contract/core'
import type pg from 'pg'
import type { App } from './app.ts'
import { column, freshRow, type TableCode } from './code.ts'
import type { Row } from './insert-row.ts'
import { plainValue } from './row-values.ts'
import { show } from './rows.ts'
import { describe } from './run-steps.ts'
import { deleteSql, insertSql, isFree, isRequired, selectSql, updateSql, upsertSql, usesUpParents } from './statements.ts'

/** Names one row of a table: values of the key columns. */
export type Key = readonly (string | null)[]

export interface ExerciseOptions {
  /** A connection of the prover's own: picks parents, says how a value prints. */
  readonly observer: pg.Client
  /** A number that no earlier row had. */
  readonly next: () => number
  /** Called after each write, with the row's key where it has one. */
  readonly afterWrite?: (code: TableCode, key: Key | undefined) => Promise<void>
  /** Leaves no row behind. */
  readonly isClean: boolean
  /** Removes no row: others who run at the same time may hang theirs on it. */
  readonly keepsAll?: true
  /** Labels of enums that the plan replaces, with what takes their place: whoever writes the one reads back the other. */
  readonly replaced?: ReadonlyMap<string, string>
  /** `about` names what failed (a statement or a column) in a way that is the same in each run: what is in {@link TableCode.skips} is left out. */
  readonly report: (failure: string, about: string) => void
}

interface Run extends ExerciseOptions {
  readonly app: App
  readonly code: TableCode
}

/** Inserts, reads, updates, upserts and deletes as one application; reads back what it wrote. */
export async function exercise(app: App, code: TableCode, options: ExerciseOptions): Promise<void> {
  const run: Run = { ...options, app, code }
  const { table, key, changed } = code
  const row = await freshRow(options.observer, code, options.next())
  const full = await insert(run, row)
  if (!full) return
  await expectRow(run, full, row)
  const needed = [...row.keys()].filter((name) => isRequired(code, name))
  const bare = needed.length < row.size ? await insertBare(run, needed) : undefined
  if (key.length === 0) return
  for (const name of changed) await clear(run, full, name)
  for (const name of changed) await update(run, full, row, [name])
  const others = [...row.keys()].filter((name) => !key.includes(name))
  await update(run, full, row, others)
  for (const unique of table.uniques) await upsert(run, full, row, unique)
  if (options.keepsAll) return
  await remove(run, full)
  if (bare && (options.isClean || usesUpParents(code))) await remove(run, bare)
}

/** `SELECT` of all the code's columns by key, as another application may run it on a row that this one did not write. */
export async function readByKey(app: App, code: TableCode, values: Key): Promise<Map<string, string | null> | undefined> {
  const { rows } = await app.run(selectSql(code), values)
  const [found] = rows
  return found && new Map(code.table.columns.map((c, i) => [c.name, found[i] ?? null]))
}

async function insert(run: Run, row: Row): Promise<Key | undefined> {
  const result = await tried(run, insertSql(run.code, row), [...row.values()])
  if (!result) return undefined
  const id = run.code.key.length > 0 ? result.rows[0] : undefined
  await run.afterWrite?.(run.code, id)
  return id ?? []
}

/** A row of which only those columns are written that must be: code that leaves the rest to the database. */
async function insertBare(run: Run, needed: readonly string[]): Promise<Key | undefined> {
  const fresh = await freshRow(run.observer, run.code, run.next())
  return insert(run, new Map(needed.map((name) => [name, fresh.get(name) ?? null])))
}

/** Writes NULL where the code's own schema allows it. Whether it stays NULL is not asked: a plan may fill it. */
async function clear(run: Run, id: Key, name: string): Promise<void> {
  const canBeEmpty = column(run.code.table, name)?.notNull === false && isFree(run.code, name)
  if (canBeEmpty) await write(run, updateSql(run.code, [name]), [null], id, 'to NULL')
}

async function update(run: Run, id: Key, row: Row, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const n = run.next()
  const written = new Map(
    names.map((name) => {
      const type = column(run.code.table, name)?.value
      const value = type && isFree(run.code, name) ? plainValue(type, n) : undefined
      return [name, value ?? row.get(name) ?? null]
    }),
  )
  if (await write(run, updateSql(run.code, names), [...written.values()], id)) await expectRow(run, id, written)
}

async function write(run: Run, sql: string, values: readonly (string | null)[], id: Key, how = ''): Promise<boolean> {
  const result = await tried(run, sql, [...values, ...id], how)
  if (result?.count === 0) run.report(`${displayTable(run.code.table.key)}: an UPDATE by key found no row\n  ${sql}`, sql + how)
  if (result) await run.afterWrite?.(run.code, id)
  return result !== undefined
}

async function upsert(run: Run, id: Key, row: Row, unique: readonly string[]): Promise<void> {
  if (unique.some((name) => row.get(name) == null)) return
  const result = await tried(run, upsertSql(run.code, row, unique), [...row.values()])
  if (!result) return
  await run.afterWrite?.(run.code, id)
  if (result.count > 0) await expectRow(run, id, row)
}

async function remove(run: Run, id: Key): Promise<void> {
  const sql = deleteSql(run.code)
  const result = await tried(run, sql, id)
  if (result && result.count !== 1)
    run.report(`${displayTable(run.code.table.key)}: a DELETE by key removed ${result.count} rows\n  ${sql}`, sql)
}

async function expectRow(run: Run, id: Key, written: Row): Promise<void> {
  const { app, code, observer, replaced, report } = run
  const sql = selectSql(code)
  if (id.length === 0 || code.skips.has(sql)) return
  const name = displayTable(code.table.key)
  try {
    const found = await readByKey(app, code, id)
    if (!found) return report(`${name}: a row that was just written is not there`, sql)
    const sent = [...written].filter(([c, value]) => value !== null && !code.skips.has(c))
    const printed = await asPrinted(observer, code, sent)
    // The code reads what it gets as a value of its own type, whatever digits or spaces the column's type prints beside it.
    const read = await asPrinted(
      observer,
      code,
      sent.map(([c]) => [c, found.get(c) ?? null]),
    )
    for (const [i, [c]] of sent.entries()) {
      const isReplaced = column(code.table, c)?.value.labels.length !== 0 && replaced?.get(printed[i] ?? '') === read[i]
      if (printed[i] !== read[i] && !isReplaced) report(`${name}.${c}: wrote ${show(printed[i])}, read back ${show(found.get(c))}`, c)
    }
  } catch (error) {
    report(`${name}: ${describe(error)}\n  ${sql}`, sql)
  }
}

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

async function tried(run: Run, sql: string, values: readonly (string | null)[], how = '') {
  if (run.code.skips.has(sql + how)) return undefined
  try {
    return await run.app.run(sql, values)
  } catch (error) {
    run.report(`${describe(error)}\n  ${sql}`, sql + how)
    return undefined
  }
}
