import { type Backfill, type Check, type Ddl, type Query, UserError } from '@expand-contract/core'
import { notDone, runBackfill } from '../backfill/backfill.ts'
import { oneConnection, openLine } from '../backfill/connections.ts'
import { readFacts } from '../backfill/facts.ts'
import { type Gate, openGate } from '../backfill/gate.ts'
import { forgetBackfill, inLedger } from '../backfill/in-ledger.ts'
import { readProgress } from '../backfill/progress.ts'
import { DEFAULT_LIMITS } from '../backfill/throttle.ts'
import { keepBefore } from '../keep/keep.ts'
import { recordKept } from '../keep/kept.ts'
import { recordFinished, recordStarted, recordUndone, type StepRecord, type StepRun, stepChecksum } from '../ledger/index.ts'
import { attempt, StepFailure } from '../run-steps.ts'
import { applyAlone } from './apply-alone.ts'
import type { Session } from './session.ts'
import { inTransaction } from './transaction.ts'
import { tried } from './tries.ts'

/** A step to run, and the ORM's row for it, which commits with it. */
export interface StepWork<S = StepRun['step']> extends StepRun {
  readonly step: StepRun['step'] & S
  readonly record?: Query
  /** It is a step back: steps of the plan that are not done any more after it. */
  readonly undoes?: readonly string[]
}

/** How a step came to its end. */
export interface Done {
  readonly tries: number
  /** It had been done before a break, and was only recorded. */
  readonly again: boolean
}

/**
 * Runs one step as its kind says and records it, in its own transaction where it can have one. A step that `ledger` (read by {@link readSteps} in this session) calls done is not run again; one that was
 * broken off goes on. Throws {@link StepFailure} or {@link UserError}; then it is not recorded as done.
 */
export async function applyStep(session: Session, work: StepWork, ledger: readonly StepRecord[]): Promise<Done> {
  const known = ledger.find((row) => row.plan === work.plan && row.step === work.step.id)
  if (known && known.checksum !== stepChecksum(work.step)) throw otherStep(work)
  if (known?.finishedAt) return { tries: 0, again: true }
  await session.places?.at('before')
  const done = await applyKind(session, work, known !== undefined)
  await session.places?.at('after')
  return done
}

function applyKind(session: Session, work: StepWork, isBegun: boolean): Promise<Done> {
  const { step } = work
  if (step.kind === 'check') return applyCheck(session, { ...work, step })
  if (step.kind === 'backfill') return applyBackfill(session, { ...work, step })
  return step.transaction === 'atomic' ? applyAtomic(session, { ...work, step }) : applyAlone(session, { ...work, step }, isBegun)
}

async function applyAtomic(session: Session, work: StepWork<Ddl>): Promise<Done> {
  const { client, places } = session
  const { step } = work
  const instead = await keepBefore(session, work)
  const tries = await tried(session, step.title, step.lockTimeout, ({ lockTimeout }) =>
    inTransaction(client, async () => {
      await client.query(`SET LOCAL lock_timeout = ${lockTimeout}`)
      await client.query(`SET LOCAL statement_timeout = ${step.statementTimeout}`)
      for (const [i, own] of step.sql.entries()) {
        for (const sql of instead.sql.get(i) ?? [own]) await attempt(step, sql, () => client.query(sql))
        await places?.at('statement')
      }
      for (const kept of instead.moved) await recordKept(client, kept)
      await record(session, work)
      await places?.at('recorded')
    }),
  )
  return { tries, again: false }
}

async function applyCheck(session: Session, work: StepWork<Check>): Promise<Done> {
  const { step } = work
  const { rows } = await attempt(step, step.sql, () => session.client.query(step.sql))
  if (rows.length > 0) throw new StepFailure(step, '', step.message, true)
  await inTransaction(session.client, () => record(session, work))
  return { tries: 1, again: false }
}

async function applyBackfill(session: Session, work: StepWork<Backfill>): Promise<Done> {
  const { client, places, batchRows } = session
  const { step } = work
  await recordStarted(client, work)
  await places?.at('begun')
  const gate = await gateOf(session, work)
  const result = await attempt(step, '', () =>
    runBackfill(step, {
      connections: oneConnection(client),
      checkpoint: inLedger({ plan: work.plan, step: step.id }),
      ...(gate && { gate: gate.pass }),
      ...(batchRows !== undefined && { rows: batchRows }),
      ...(places && { afterStatement: () => places.at('batch'), betweenBatches: () => places.at('between') }),
    }),
  ).finally(() => gate?.close())
  const reason = notDone(result)
  if (reason !== undefined) throw new StepFailure(step, '', reason)
  await places?.at('filled')
  await inTransaction(client, () => record(session, work))
  return { tries: 1, again: false }
}

/** Lets the batches of a live database rest and wait, as the command backfill does; says how far they are. */
async function gateOf({ isLive, watcher, onEvent }: Session, { plan, step }: StepWork<Backfill>): Promise<Gate | undefined> {
  if (!isLive) return undefined
  const of = { plan, step: step.id }
  const facts = await readFacts(watcher, step)
  const onLook = async (state: string | undefined): Promise<void> => {
    const progress = await readProgress(watcher, of, facts)
    onEvent({ kind: 'progress', what: state === undefined ? step.title : `${step.title}, ${state}`, part: progress?.part, blockers: [] })
  }
  return openGate({ line: await openLine(oneConnection(watcher)), step, of, limits: DEFAULT_LIMITS, onLook })
}

/** The rows of the ledger and of the ORM, in the transaction that is open. */
export async function record({ client }: Pick<Session, 'client'>, work: StepWork): Promise<void> {
  for (const step of work.undoes ?? []) {
    await recordUndone(client, work.plan, step)
    await forgetBackfill(client, { plan: work.plan, step })
  }
  if (!work.undoes) await recordFinished(client, work)
  if (work.record) await client.query(work.record.text, [...work.record.values])
}

function otherStep({ plan, step }: StepWork): UserError {
  return new UserError(
    `The ledger says that step ${step.id} of the plan ${plan} was begun here, but as another step: the plan was made anew after a part of it had run. Restore the plan that ran (expand-contract/${plan} and its migrations, from git). Where that one was taken back by hand, say so in the database:\n  UPDATE expand_contract.step SET undone_at = now() WHERE plan = '${plan.replaceAll("'", "''")}' AND undone_at IS NULL;`,
  )
}
