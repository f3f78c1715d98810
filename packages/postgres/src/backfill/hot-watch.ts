import type { Done } from './batch.ts'

/** Part of the new versions that must stay on their page for waves to be worth their visits; where all goes well it is 7 in 8. */
const WORTH = 0.25
/** Changed rows below which a round tells nothing. */
const ENOUGH = 500
/** Rounds of plain windows before waves are tried again: what kept old versions from being pruned, a long report perhaps, may have ended. */
const REST = 24

/** Chooses, by what is measured, between visiting each page several times and going through plainly. */
export interface HotWatch {
  /** Visits of the next round. */
  visits(most: number): number
  saw(done: Pick<Done, 'hot' | 'updated'>, isRoundOver: boolean): void
}

export function hotWatch(): HotWatch {
  let rest = 0
  let hot = 0
  let updated = 0
  return {
    visits: (most) => (rest > 0 ? 1 : most),
    saw(done, isRoundOver) {
      hot += done.hot
      updated += done.updated
      if (!isRoundOver) return
      if (rest > 0) rest--
      else if (updated >= ENOUGH && hot < updated * WORTH) rest = REST
      hot = 0
      updated = 0
    },
  }
}
