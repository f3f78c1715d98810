import type { Applied, History } from '@expand-contract/core'

/** Prisma's table of applied migrations; it lies in the schema of the connection URL. */
export const APPLIED_TABLE = '_prisma_migrations'

interface Row {
  readonly name: string
  readonly state: 'applied' | 'failed' | 'rolled back'
}

/**
 * What `_prisma_migrations` says of a history. A migration counts as applied where one of its rows is finished and not rolled back, as for `prisma migrate deploy`. Names
 * that the folder no longer has are passed over where they were applied before one that it has: squashed histories leave them behind.
 */
export async function applied({ migrations }: History, rows: readonly Readonly<Record<string, unknown>>[]): Promise<Applied> {
  const all = [...rows].sort((a, b) => time(a.started_at) - time(b.started_at)).map(readRow)
  const done = new Set(all.filter((r) => r.state === 'applied').map((r) => r.name))
  const failed = new Set(all.filter((r) => r.state === 'failed' && !done.has(r.name)).map((r) => r.name))
  const known = new Set(migrations.map((m) => m.id))
  const last = all.findLastIndex((r) => r.state === 'applied' && known.has(r.name))
  return {
    applied: migrations.map((m) => m.id).filter((id) => done.has(id)),
    ahead: all.slice(last + 1).flatMap((r) => (r.state === 'applied' && !known.has(r.name) ? [r.name] : [])),
    failed: [...failed],
  }
}

function readRow(row: Readonly<Record<string, unknown>>): Row {
  const state = row.rolled_back_at ? 'rolled back' : row.finished_at ? 'applied' : 'failed'
  return { name: String(row.migration_name), state }
}

function time(value: unknown): number {
  return new Date(value as Date | string).getTime()
}
