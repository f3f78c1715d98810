import type { Attempt } from '@expand-contract/core'
import { UserError } from '@expand-contract/core'
import { codeOf } from '../connection.ts'
import { describe } from '../run-steps.ts'
import { blockersText } from './blockers.ts'
import { type Session, scheduleOf, sleep } from './session.ts'
import { watched } from './watch.ts'

/** lock_not_available, deadlock_detected, serialization_failure: nothing was changed, and another time it goes. */
const PASSING = ['55P03', '40P01', '40001']

/** True for an error that says nothing against the work itself. */
export function isPassing(error: unknown): boolean {
  return PASSING.includes(codeOf(error)) || PASSING.includes(codeOf((error as { cause?: unknown }).cause))
}

/**
 * Runs work that gets nothing or all, with longer and longer waits for its locks, until it has them. `work` rolls back what it did before it throws. Throws
 * {@link UserError} that names who holds the locks when patience is at its end, and every other error of `work` at once. Returns how many tries it took.
 */
export async function tried(
  session: Session,
  title: string,
  lockTimeout: number,
  work: (attempt: Attempt) => Promise<void>,
): Promise<number> {
  const schedule = scheduleOf(lockTimeout, session)
  for (const [i, attempt] of schedule.entries()) {
    const failure = await watched(session.watcher, session.pid, async (watch) => {
      try {
        await work(attempt)
        return undefined
      } catch (error) {
        if (!isPassing(error)) throw error
        return { error, blockers: watch.blockers }
      }
    })
    if (!failure) return i + 1
    const { blockers, error } = failure
    if (i + 1 === schedule.length) throw givenUp(title, schedule, error, blockersText(blockers))
    session.onEvent({ kind: 'blocked', tries: i + 1, pause: attempt.pause, blockers })
    await sleep(attempt.pause)
  }
  throw new Error('a schedule without a try')
}

function givenUp(title: string, schedule: readonly Attempt[], error: unknown, blockers: string): UserError {
  const tries = schedule.length === 1 ? 'once' : `${schedule.length} times`
  const who = blockers
    ? `It waits for\n${blockers}\nWait until they are done, or end one (SELECT pg_terminate_backend(<pid>)), and run the command again.`
    : 'Nobody was seen to hold it up for longer than a moment: the table is busy. Run the command again at a quieter time.'
  return new UserError(
    `"${title}" got no lock: tried ${tries}, each time with a limit, so that nothing had to queue behind it for long (${describe(error)}). Nothing of it was changed. ${who}`,
  )
}
