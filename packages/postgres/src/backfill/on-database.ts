import { type Backfill, type Plan, UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import { codeOf, connect, connectError, databaseOf, withDatabase } from '../connection.ts'
import { openLedger, readSteps } from '../ledger/index.ts'
import { describe } from '../run-steps.ts'
import { type BackfillResult, runBackfill } from './backfill.ts'
import { type Connections, type Line, openLine } from './connections.ts'
import { readFacts, type TableFacts } from './facts.ts'
import { type GateOptions, openGate } from './gate.ts'
import { inLedger, type StepOf } from './in-ledger.ts'
import { pendingBackfills } from './pending.ts'
import { type FillProgress, readProgress } from './progress.ts'
import { APPLICATION } from './signals.ts'

/** What a backfill tells while it runs. */
export interface FillReport extends Partial<FillProgress> {
  readonly step: Backfill
  /** Milliseconds of this process's batches, as a moving average. */
  readonly batch: number
  /** Rows a second, all workers together; undefined in the first moment. */
  readonly rate: number | undefined
  /** Seconds until this pass is done, at the rate of the last while. */
  readonly left: number | undefined
  /** Seconds that the furthest replica is behind; undefined where there is none. */
  readonly lag: number | undefined
  /** Why it waits or rests. */
  readonly state: string | undefined
}

export interface DatabaseBackfill extends Pick<GateOptions, 'limits' | 'probe' | 'pauses' | 'signal'> {
  readonly url: string
  readonly plan: Plan
  /** The id of one step, instead of all that are ready. */
  readonly step?: string
  /** Ids of steps that the ORM applied itself: the ledger does not know them. */
  readonly byOrm?: ReadonlySet<string>
  readonly workers: number
  /** Milliseconds that a batch should take. */
  readonly target?: number
  readonly onReport: (report: FillReport) => void
}

/** Opens connections to a user's database under our name. Throws UserError, which never repeats the URL. */
export function opener(url: string): () => Promise<Client> {
  const connectionString = withDatabase(url, databaseOf(url))
  return async () => {
    const settings = { connectionString, connectionTimeoutMillis: 15_000, application_name: APPLICATION, keepAlive: true }
    const client = await connect(settings).catch((error) => {
      throw connectError(error)
    })
    // Killed or asleep in the middle of a batch, this process must not keep its rows locked for ever.
    await client.query(`SET idle_in_transaction_session_timeout = '60s'; SET statement_timeout = 0`)
    return client
  }
}

/** Does the backfills of a plan that are ready, one after the other, as far as they go; a refused row of one does not keep the others from it. Throws UserError and PostgreSQL's errors. */
export async function backfillDatabase(options: DatabaseBackfill): Promise<readonly { step: Backfill; result: BackfillResult }[]> {
  const open = opener(options.url)
  const connections = { take: open, give: (used: Client) => used.end().catch(() => undefined) }
  const line = await openLine(connections)
  try {
    await line.surely(openLedger)
    const records = await line.surely((client) => readSteps(client, options.plan.id))
    const results: { step: Backfill; result: BackfillResult }[] = []
    for (const step of pendingBackfills(options.plan, records, options.step, options.byOrm)) {
      const result = await fill(line, connections, step, options)
      results.push({ step, result })
      if (result.stopped) break
    }
    return results
  } finally {
    await line.close()
  }
}

/** `line` looks on; the workers have connections of their own. */
async function fill(line: Line, connections: Connections, step: Backfill, options: DatabaseBackfill): Promise<BackfillResult> {
  const of = { plan: options.plan.id, step: step.id }
  const facts = await line.surely((client) => readFacts(client, step))
  let batch = 0
  let lag: number | undefined
  const report = reporter(line, of, facts)
  const gate = await openGate({
    ...options,
    line,
    step,
    of,
    onLook: async (state, { lagSeconds }) => {
      lag = lagSeconds
      options.onReport({ step, batch, lag, state, ...(await report()) })
    },
  })
  try {
    return await runBackfill(step, {
      connections,
      checkpoint: inLedger(of),
      workers: options.workers,
      ...(options.target !== undefined && { target: options.target }),
      gate: gate.pass,
      onBatch: (_, { ms }) => {
        batch = batch === 0 ? ms : batch * 0.8 + ms * 0.2
      },
    })
  } catch (error) {
    throw inWords(step, error)
  } finally {
    await gate.close()
    options.onReport({ step, batch, lag, state: undefined, ...(await report()) })
  }
}

/** What the database says against the step itself, such as a right that is missing, is for the user to mend. */
function inWords(step: Backfill, error: unknown): unknown {
  if (error instanceof UserError || !/^[0-9A-Z]{5}$/.test(codeOf(error))) return error
  return new UserError(
    `${step.title}: the database refuses it: ${describe(error)}. What is filled so far stays. Correct that, then run the same command again: it goes on where it stopped.`,
    { cause: error },
  )
}

/** Looks of which rate and time left are taken: what was before them tells little of what comes. */
const LOOKS = 60

function reporter(line: Line, of: StepOf, facts: TableFacts): () => Promise<Omit<FillReport, 'step' | 'batch' | 'lag' | 'state'>> {
  const history: { at: number; part: number; rows: number }[] = []
  return async () => {
    const progress = await line.surely((client) => readProgress(client, of, facts))
    if (!progress) return { rate: undefined, left: undefined }
    const now = { at: performance.now(), part: progress.pass + progress.part, rows: progress.rows }
    history.push(now)
    if (history.length > LOOKS) history.shift()
    const then = history[0] ?? now
    const seconds = (now.at - then.at) / 1_000
    if (seconds === 0) return { ...progress, rate: undefined, left: undefined }
    const speed = (now.part - then.part) / seconds
    return { ...progress, rate: (now.rows - then.rows) / seconds, left: speed > 0 ? (1 - progress.part) / speed : undefined }
  }
}
