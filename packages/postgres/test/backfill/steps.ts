import type { Backfill } from '@expand-contract/core'

/** A backfill step; what is not given is as strategies make it. */
export function step(given: Pick<Backfill, 'table' | 'set' | 'where' | 'key'> & Partial<Backfill>): Backfill {
  return { kind: 'backfill', id: '02-backfill', title: `Fill ${given.table}`, why: '', undo: { none: '' }, ...given }
}

/** Copies "a" to "b". */
export function copy(table: string, key: readonly string[] = ['id']): Backfill {
  return step({ table, key, set: [{ column: 'b', expression: 'a' }], where: 'row(b)::record *<> row(a)::record' })
}

/** Counts how often a row is changed: each must be at 1 in the end. */
export function countUp(table: string, key: readonly string[] = ['id']): Backfill {
  return step({ table, key, set: [{ column: 'n', expression: 'n + 1' }], where: 'true', once: true })
}
