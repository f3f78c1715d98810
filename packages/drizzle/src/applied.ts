import { createHash } from 'node:crypto'
import type { Applied, History } from '@expand-contract/core'
import { readJournal } from './journal.ts'

/** Drizzle's table of applied migrations, usually in the schema `drizzle`. */
export const APPLIED_TABLE = '__drizzle_migrations'

type Row = Readonly<Record<string, unknown>>

/**
 * What `__drizzle_migrations` says of a history, as the migrators read it: of 0.3x, every entry of the journal that is not younger than the youngest applied one; of v1, each
 * migration by its name, or by its time or hash in a table that 0.3x made.
 */
export async function applied(history: History, rows: readonly Row[]): Promise<Applied> {
  return history.layout.format === 'drizzle-v1' ? byName(history, rows) : byTime(history, rows)
}

async function byTime({ layout, migrations }: History, rows: readonly Row[]): Promise<Applied> {
  const entries = (await readJournal(layout.migrations))?.entries ?? []
  const times = rows.map((r) => Number(r.created_at))
  const last = Math.max(Number.NEGATIVE_INFINITY, ...times)
  const done = new Set(entries.filter((e) => e.when <= last).map((e) => e.tag))
  const hashes = new Set(rows.map((r) => r.hash))
  const hasRow = ({ tag, when }: (typeof entries)[number]): boolean =>
    times.includes(when) || hashes.has(hashOf(migrations.find((m) => m.id === tag)?.text ?? ''))
  // What stands before the first one with a row came there otherwise, as by `push`.
  const missing = entries.slice(entries.findIndex(hasRow) + 1).filter((e) => entries.some(hasRow) && done.has(e.tag) && !hasRow(e))
  const known = Math.max(Number.NEGATIVE_INFINITY, ...entries.filter((e) => times.includes(e.when)).map((e) => e.when))
  return {
    applied: migrations.map((m) => m.id).filter((id) => done.has(id) && !missing.some((e) => e.tag === id)),
    ahead: times.filter((time) => time > known).map((time) => `the one of ${new Date(time).toISOString()}`),
    failed: [],
    ...(missing.length > 0 && { passedOver: missing.map((e) => e.tag) }),
  }
}

function byName({ migrations }: History, rows: readonly Row[]): Applied {
  const inOrder = [...rows].sort((a, b) => Number(a.id) - Number(b.id))
  const found = inOrder.map((row) => migrations.find((m) => isOf(row, m))?.id)
  const last = found.findLastIndex((id) => id !== undefined)
  return {
    applied: migrations.map((m) => m.id).filter((id) => found.includes(id)),
    ahead: inOrder.slice(last + 1).map((row) => String(row.name ?? `number ${row.id}`)),
    failed: [],
  }
}

function isOf(row: Row, { id, text }: { readonly id: string; readonly text: string }): boolean {
  if (typeof row.name === 'string') return row.name === id
  const second = Math.trunc(Number(row.created_at) / 1000) * 1000
  return second === timeOf(id) || row.hash === hashOf(text)
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Entries of a journal of 0.3x whose time is not later than that of every entry before them: where two branches were merged. */
export async function outOfOrder({ layout }: History): Promise<readonly { readonly id: string; readonly says: string }[]> {
  if (layout.format === 'drizzle-v1') return []
  const entries = (await readJournal(layout.migrations))?.entries ?? []
  return entries.flatMap(({ tag, when }, i) => {
    const behind = entries.slice(0, i).find((e) => e.when >= when)
    const says = `${tag} stands behind ${behind?.tag} in the journal, with a time that is not later (two branches, merged): where that is applied first, Drizzle's migrator passes over this one without a word. Give it a "when" above ${Math.max(...entries.map((e) => e.when))} in meta/_journal.json, as long as no database has it.`
    return behind ? [{ id: tag, says }] : []
  })
}

/** The time in a folder's name, in ms since 1970. */
export function timeOf(id: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_/.exec(id) ?? []
  return year === undefined
    ? undefined
    : Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}
