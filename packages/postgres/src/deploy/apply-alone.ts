import { aloneWork, type Ddl, UserError } from '@expand-contract/core'
import { recordStarted } from '../ledger/index.ts'
import { attempt } from '../run-steps.ts'
import { type Done, record, type StepWork } from './apply-step.ts'
import { type Session, sleep } from './session.ts'
import { type State, stateOf } from './settle.ts'
import { inTransaction } from './transaction.ts'
import { isPassing } from './tries.ts'
import { watched } from './watch.ts'

/** How often a statement that a deadlock ended is run again: each time the whole index is built anew. */
const MOST_TRIES = 3
/** Pause before that, in ms. */
const PAUSE = 2_000

/**
 * A step outside any transaction. Begun, run and done are three moments: what lies between the first and the last only the database can tell. It has no
 * lock_timeout, for waiting it holds nobody up, and broken off it leaves an invalid index; it is watched instead.
 */
export async function applyAlone(session: Session, work: StepWork<Ddl>, isBegun: boolean): Promise<Done> {
  const { client, places } = session
  const sql = work.step.sql[0] ?? ''
  const subject = aloneWork(sql)
  if (isBegun && subject.kind === 'create index' && subject.index === undefined) throw unnamed(work)
  if (!work.undoes) await recordStarted(client, work)
  await places?.at('begun')
  const state = await cleared(session, await stateOf(client, subject))
  // Only what this step began can be its own work: a name that somebody else took is PostgreSQL's to refuse. What a step back takes away is gone or not.
  const wasDone = state === 'finished' || ((isBegun || work.undoes !== undefined) && state === 'done')
  const tries = wasDone ? 0 : await build(session, work, sql)
  await places?.at('built')
  await inTransaction(client, () => record(session, work))
  return { tries, again: wasDone }
}

async function build(session: Session, { step }: StepWork<Ddl>, sql: string): Promise<number> {
  const { client, places } = session
  for (let tries = 1; ; tries++) {
    try {
      await withoutTimeouts(session, () =>
        watched(session.watcher, session.pid, () => attempt(step, sql, () => places?.runAlone?.(client, sql) ?? client.query(sql)), {
          what: step.title,
          onEvent: session.onEvent,
        }),
      )
      return tries
    } catch (error) {
      // An invalid unique index refuses rows all the same: it must not stay, whatever comes next. A connection that is gone can't help it; the next run will.
      await stateOf(client, aloneWork(sql)).then(
        (state) => cleared(session, state),
        () => undefined,
      )
      if (!isPassing(error) || tries >= MOST_TRIES) throw error
      session.onEvent({ kind: 'blocked', tries, pause: PAUSE, blockers: [] })
      await sleep(PAUSE)
    }
  }
}

/** Removes what a broken-off try left, and waits for one that is still at it. */
async function cleared(session: Session, state: State): Promise<'done' | 'not done' | 'finished'> {
  if (state.is === 'under way') throw underWay(state.pid)
  if (state.is !== 'half done') return state.is
  session.onEvent({ kind: 'leftover', what: state.what })
  await withoutTimeouts(session, async () => {
    for (const sql of state.sql) await session.client.query(sql)
  })
  return state.finishes ? 'finished' : 'not done'
}

async function withoutTimeouts<T>({ client }: Session, work: () => Promise<T>): Promise<T> {
  await client.query('SET lock_timeout = 0')
  await client.query('SET statement_timeout = 0')
  try {
    return await work()
  } finally {
    await client.query('RESET lock_timeout; RESET statement_timeout').catch(() => undefined)
  }
}

function underWay(pid: number): UserError {
  return new UserError(
    `Another session (pid ${pid}) is building this index right now: the server goes on with it when the client that asked is gone. Wait until it is done (SELECT phase FROM pg_stat_progress_create_index), then run the command again: it takes the index over.`,
  )
}

function unnamed({ step }: StepWork<Ddl>): UserError {
  return new UserError(
    `"${step.title}" was begun and broken off, and its index has no name, so it can't be told whether it is there. Look at the indexes of the table, drop the one that is invalid or was just made (DROP INDEX CONCURRENTLY), and in the ledger say that it was not begun:\n  UPDATE expand_contract.step SET undone_at = now() WHERE step = '${step.id}' AND finished_at IS NULL;`,
  )
}
