import { checksum, type Step, stepSql } from '@expand-contract/core'
import type { Client } from 'pg'

/** A step of a plan, and who runs it. */
export interface StepRun {
  /** Id of the plan. */
  readonly plan: string
  readonly stage: 'expand' | 'contract'
  readonly step: Step
  /** Operating system user and host, or whatever tells people who it was. */
  readonly by: string
}

/** What the ledger says of a step that was not taken back. */
export interface StepRecord {
  readonly plan: string
  readonly step: string
  readonly stage: 'expand' | 'contract'
  /** {@link stepChecksum} of the step that ran. */
  readonly checksum: string
  readonly startedAt: Date
  /** Null: it was begun, and whether it was done only a look at the database can tell. */
  readonly finishedAt: Date | null
  readonly by: string
  readonly observed: Readonly<Record<string, unknown>>
}

/** SHA-256 of a step's SQL: a plan that was made anew under the same name has other steps. */
export function stepChecksum(step: Step): string {
  return checksum(stepSql(step))
}

/** Steps of a plan that ran, or of all plans, in the order in which they began. The ledger must be there. */
export async function readSteps(client: Client, plan?: string): Promise<StepRecord[]> {
  const { rows } = await client.query<StepRecord>(
    `SELECT plan, step, stage, checksum, started_at AS "startedAt", finished_at AS "finishedAt", run_by AS by, observed
     FROM expand_contract.step WHERE undone_at IS NULL AND ($1::text IS NULL OR plan = $1) ORDER BY id`,
    [plan ?? null],
  )
  return rows
}

/** Records that a step is begun, before work that can have no transaction around it. A step that was begun before keeps its row and its time. */
export async function recordStarted(client: Client, { plan, stage, step, by }: StepRun): Promise<void> {
  await client.query(
    `INSERT INTO expand_contract.step (plan, stage, step, checksum, run_by) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (plan, step) WHERE undone_at IS NULL DO NOTHING`,
    [plan, stage, step.id, stepChecksum(step), by],
  )
}

/**
 * Records that a step is done; call it in the step's own transaction where it has one. `observed`: whatever is worth knowing later, such as `{ tries: 3 }`.
 * Where it was not recorded as begun, it began with the transaction.
 */
export async function recordFinished(
  client: Client,
  { plan, stage, step, by }: StepRun,
  observed: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await client.query(
    `INSERT INTO expand_contract.step AS s (plan, stage, step, checksum, run_by, observed, started_at, finished_at)
     VALUES ($1, $2, $3, $4, $5, $6, now(), clock_timestamp())
     ON CONFLICT (plan, step) WHERE undone_at IS NULL
     DO UPDATE SET finished_at = clock_timestamp(), observed = s.observed || excluded.observed`,
    [plan, stage, step.id, stepChecksum(step), by, observed],
  )
}

/** Records that a step was taken back; call it in the transaction that takes it back where it has one. */
export async function recordUndone(client: Client, plan: string, step: string): Promise<void> {
  await client.query('UPDATE expand_contract.step SET undone_at = clock_timestamp() WHERE plan = $1 AND step = $2 AND undone_at IS NULL', [
    plan,
    step,
  ])
}
