import { UserError } from '@expand-contract/core'
import { type Holder, holderOf, tryLock } from '../ledger/index.ts'
import { type Session, sleep } from './session.ts'

/** Between two looks whether it is our turn, in ms. */
const LOOK = 500

/**
 * Takes the locks that keep other deploys and the ORM's own migrator out, until the connection ends. Waits up to `wait` ms while another one is at work, and says so; then
 * throws {@link UserError} that names it.
 */
export async function takeTurn(session: Session, locks: readonly number[], wait: number): Promise<void> {
  const until = performance.now() + wait
  for (const lock of locks) {
    let said: number | undefined
    while (!(await tryLock(session.client, lock))) {
      const holder = await holderOf(session.watcher, lock)
      if (performance.now() >= until) throw busy(holder)
      if (holder?.pid !== said || said === undefined) session.onEvent({ kind: 'waits', holder })
      said = holder?.pid ?? 0
      await sleep(LOOK)
    }
  }
}

/** Who is at work, in words. */
export function holderText(holder: Holder | undefined): string {
  if (!holder) return 'another session'
  const { pid, application, user, since } = holder
  return `pid ${pid}${application ? ` "${application}"` : ''}${user ? ` of ${user}` : ''}, connected since ${since.toISOString()}`
}

function busy(holder: Holder | undefined): UserError {
  return new UserError(
    `Another deploy is at work in this database (${holderText(holder)}), and two at once would meet in the middle of a step. Nothing was done. Wait until it is through, or let this one wait longer: --wait <seconds>. Where its process is long gone, its last statement may still run on the server; it ends by itself, or by SELECT pg_terminate_backend(${holder?.pid ?? '<pid>'}).`,
  )
}
