/** How big batches are: as long as they may take, by what the ones before took. */
export interface Pace {
  size(): number
  /** A batch of this size was committed; its statement took so many ms. */
  took(size: number, ms: number): void
  /** A batch met a lock, a deadlock, a timeout or an error: the next is half as big. */
  trouble(size: number): void
}

/** Weight of the newest batch in the moving average of the cost of a row. */
const WEIGHT = 0.3

/** What a batch is at least, in parts of the first one: below, what is the same for each of them would be most of the work. Trouble may halve it further. */
const LEAST = 1 / 8

/** Batches of about `target` ms. Grows by at most double a batch, for what comes may be slower than what was. */
export function timedPace(target: number, first: number, most: number): Pace {
  const least = Math.max(1, Math.floor(first * LEAST))
  let size = Math.min(first, most)
  let cost: number | undefined
  return {
    size: () => size,
    took(of, ms) {
      const now = ms / of
      cost = cost === undefined ? now : cost * (1 - WEIGHT) + now * WEIGHT
      const wished = Math.floor(target / Math.max(cost, 1e-9))
      size = Math.min(Math.max(wished, least), size * 2, most)
    },
    trouble(of) {
      size = Math.max(1, Math.floor(Math.min(size, of) / 2))
      cost = undefined
    },
  }
}

/** Batches of one size, but where there is trouble. */
export function fixedPace(wished: number): Pace {
  let size = wished
  return {
    size: () => size,
    took: () => {
      size = Math.min(size * 2, wished)
    },
    trouble: (of) => {
      size = Math.max(1, Math.floor(of / 2))
    },
  }
}
