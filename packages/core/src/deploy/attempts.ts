/** One try at a step: it waits this long for locks, and where it gets none, this long before the next try. In ms. */
export interface Attempt {
  readonly lockTimeout: number
  readonly pause: number
}

/** The first try waits this long for a lock, in ms: while it waits, all that comes after it waits too. */
const FIRST_TIMEOUT = 100
const FIRST_PAUSE = 200
const LONGEST_PAUSE = 15_000
const GROWTH = 1.5

/**
 * When to try a step that other sessions keep out: short waits that grow to `lockTimeout`, with longer and longer pauses between them in which the application
 * gets through, until `patience` (ms) is used up. There is always one try, and never one without a limit. `random` gives numbers from 0 to 1: two that
 * keep each other out must not try in step.
 */
export function attempts(lockTimeout: number, patience: number, random: () => number): Attempt[] {
  const all: Attempt[] = []
  let used = 0
  for (let n = 0; all.length === 0 || used < patience; n++) {
    const grown = GROWTH ** n
    const attempt = {
      lockTimeout: Math.round(Math.max(1, Math.min(lockTimeout, FIRST_TIMEOUT * grown))),
      pause: Math.round(Math.min(LONGEST_PAUSE, FIRST_PAUSE * grown) * (0.5 + random())),
    }
    all.push(attempt)
    used += attempt.lockTimeout + attempt.pause
  }
  return all
}
