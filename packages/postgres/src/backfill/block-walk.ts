import { type Backfill, batchName } from '@expand-contract/core'
import { ROWS_PER_BLOCK } from './facts.ts'
import type { Place, Range, Walk, Wish } from './walk.ts'

/** Line pointers that a block is counted for: more than the largest block (32 kB) can hold. A place is a block times this, plus a line pointer. */
const POINTERS = 2_048
/** Blocks of the first window, and of the largest; of waves by their visits, each of which changes a part of the rows. */
const FIRST_BLOCKS = 8
const MOST_BLOCKS = { blocks: 2_048, waves: 256 }
/** Tables of fewer blocks are one range. */
const WORTH_CUTTING = 1_024
/**
 * Windows of a round. Between two visits of a page all windows of the round get one: a transaction of somebody else that began during a visit, such as
 * another worker's batch, has mostly ended by the next one, so that the old versions can be pruned.
 */
const ROUND = 4
/** Visits of each window in waves. A power of two: line pointers are told apart by their last bits. */
export const VISITS = 8

/**
 * Windows of blocks, read as TID range scans (PostgreSQL 14 and later). A place is `[pointer, length, visits, turn]`: the round that begins at `pointer` has
 * windows of `length` pointers, and `turn` of them were visited. Rows that others move meanwhile may be missed: a walk behind it finds them.
 */
export function blockWalk(step: Backfill, name: 'blocks' | 'waves'): Walk {
  const ctid = `${batchName(step)}.ctid`
  return {
    name,
    unit: 'blocks',
    first: FIRST_BLOCKS * POINTERS,
    most: MOST_BLOCKS[name] * POINTERS,
    sizeOf: (rows) => Math.max(1, Math.round(rows / ROWS_PER_BLOCK)) * POINTERS,
    async ranges(_, { blocks }, parts) {
      const count = blocks < WORTH_CUTTING ? 1 : parts
      const cut = (i: number): number => Math.floor((blocks * i) / count) * POINTERS
      return blocks === 0 ? [] : Array.from({ length: count }, (_, i) => ({ at: [cut(i), 0, 1, 0], upto: [cut(i + 1)] }))
    },
    async window(_, range, wish) {
      const { start, length, visits, rounds, turn, end } = round(range, wish)
      const visit = Math.floor(turn / rounds)
      const from = start + (turn % rounds) * length
      const to = Math.min(from + length, end)
      const isOver = turn + 1 === visits * rounds
      const after = Math.min(start + rounds * length, end)
      const isSingle = length === 1
      return {
        condition: [
          `${ctid} >= '${tid(from)}'::tid AND ${ctid} < '${tid(to)}'::tid`,
          // The last byte of the line pointer's number: each visit takes every eighth row of a page, wherever it stands.
          ...(visits > 1 ? [`get_byte(tidsend(${ctid}), 5) & ${visits - 1} = ${visit}`] : []),
        ].join(' AND '),
        values: [],
        next: isOver ? [after, 0, 1, 0] : [start, length, visits, turn + 1],
        isLast: isOver && after === end,
        seen: visit === 0 ? (to - from) / POINTERS : 0,
        isSingle,
        ...(isSingle && step.key.length === 0 && { row: [tid(from)] }),
      }
    },
  }
}

/** The round that the range stands in, or a new one from where it stands. */
function round({ at, upto }: Range, { size, retries, visits: wished }: Wish) {
  const [start, oldLength, oldVisits, turn] = at as readonly [number, number, number, number]
  const end = (upto as readonly number[])[0] as number
  // A window of a part of a block is one that met an error: it is looked at once, to get past it.
  const visits = size < POINTERS ? 1 : wished
  const isNew = turn === 0 || (retries && size * visits < oldLength)
  const length = isNew ? size * visits : oldLength
  const now = isNew ? visits : oldVisits
  const rounds = now > 1 ? Math.min(ROUND, Math.ceil((end - start) / length)) : 1
  return { start, length, visits: now, rounds, turn: isNew ? 0 : turn, end }
}

function tid(pointer: number): string {
  return `(${Math.floor(pointer / POINTERS)},${pointer % POINTERS})`
}

/** True where a round of waves is over with the batch that led to this place. */
export function isRoundStart(place: Place): boolean {
  return place !== null && place[3] === 0
}
