import type { Client } from 'pg'
import type { Place, Range, WalkName } from './walk.ts'

/** One time through the table: the first, or one behind it for rows that were moved, written or refused meanwhile. */
export interface Pass {
  /** From 1. */
  readonly number: number
  readonly walk: WalkName
}

export interface PassState {
  readonly isDone: boolean
  /** Rows that it changed so far. */
  readonly rows: number
}

/** A range that this worker holds until its transaction ends. */
export interface Claim extends Range {
  readonly number: number
}

/** A row that the database refused to change, in text. */
export interface RefusedRow {
  /** Values of the key, or the place in the table (ctid) where it has none. */
  readonly row: readonly string[]
  /** PostgreSQL's words. */
  readonly reason: string
}

/** How far a batch brought its range. */
export interface Progress {
  readonly next: Place
  readonly isDone: boolean
  /** Rows or blocks seen for the first time. */
  readonly seen: number
  /** Rows changed. */
  readonly rows: number
}

/**
 * Where the ranges of a backfill stand. What is written in a batch's transaction commits with it: a worker may be killed at any moment, and no row is
 * changed twice or missed by that.
 */
export interface Checkpoint {
  /** The newest pass that was begun. */
  latest(client: Client): Promise<(Pass & PassState) | undefined>
  /** Makes the ranges of a pass, once: where another worker was faster, its ranges count. Not in a transaction. */
  open(client: Client, pass: Pass, make: () => Promise<readonly Range[]>): Promise<void>
  /** In a transaction: a range that is not done, and that no other worker holds; `busy` where others hold all that are left; `done` where none is. */
  claim(client: Client, pass: Pass): Promise<Claim | 'busy' | 'done'>
  /** In the transaction that claimed the range, with the rows that it changed. */
  write(client: Client, pass: Pass, claim: Claim, progress: Progress): Promise<void>
  /** The transaction that wrote it is committed. */
  committed(claim: Claim, progress: Progress): void
  /** In the transaction that moves the range past the row. */
  refuse(client: Client, refused: RefusedRow): Promise<void>
  refused(client: Client): Promise<readonly RefusedRow[]>
  /** In the transaction that changed the row after all, or found that it is gone or right. */
  accept(client: Client, row: readonly string[]): Promise<void>
}

/** For one worker that is not resumed: a shadow database, a test. */
export function inMemory(): Checkpoint {
  let ranges: { number: number; at: Place; upto: Place; isDone: boolean; rows: number }[] = []
  let latest: Pass | undefined
  let refused: RefusedRow[] = []
  const open = (): (typeof ranges)[number] | undefined => ranges.find((r) => !r.isDone)
  return {
    latest: async () => latest && { ...latest, isDone: !open(), rows: ranges.reduce((sum, r) => sum + r.rows, 0) },
    open: async (_, pass, make) => {
      if (latest?.number === pass.number) return
      ranges = (await make()).map(({ at, upto }, number) => ({ number, at, upto, isDone: false, rows: 0 }))
      latest = pass
    },
    claim: async () => open() ?? 'done',
    write: async () => {},
    committed({ number }, { next, isDone, rows }) {
      const range = ranges[number]
      if (range) Object.assign(range, { at: next, isDone, rows: range.rows + rows })
    },
    refuse: async (_, row) => {
      refused = [...refused.filter((r) => !sameRow(r.row, row.row)), row]
    },
    refused: async () => refused,
    accept: async (_, row) => {
      refused = refused.filter((r) => !sameRow(r.row, row))
    },
  }
}

function sameRow(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
