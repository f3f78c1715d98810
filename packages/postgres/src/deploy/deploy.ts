import type { PlannedStep, Records, Sending, SourceMigration } from '@expand-contract/core'
import type { Client } from 'pg'
import type { Keep } from '../keep/kept.ts'
import { openLedger, readSteps } from '../ledger/index.ts'
import { applyOrdinary } from './apply-ordinary.ts'
import { applyStep } from './apply-step.ts'
import type { OnEvent } from './events.ts'
import { type Row, readOwnTable } from './own-table.ts'
import { refusePooler } from './pooler.ts'
import { refuseTornRecords } from './records-agree.ts'
import { openSession, type Session } from './session.ts'
import { takeTurn } from './turn.ts'

/** A migration that is not applied yet, and the step that it is where a plan made it. */
export interface Pending {
  readonly migration: SourceMigration
  readonly planned?: PlannedStep
}

export interface DeployInput {
  readonly records: Records
  /** How the ORM sends a migration. */
  readonly sending: Sending
  /** What is still to be applied, in order, after the rows of the ORM's own table. Throws UserError where that can't be said. */
  readonly pending: (rows: readonly Row[]) => Promise<readonly Pending[]>
  /** Operating system user and host, for the ledger. */
  readonly by: string
  /** How long to go on trying for the locks of one step, in ms. */
  readonly patience: number
  /** How long to wait for another deploy, in ms. */
  readonly wait: number
  /** How what a step of a plan takes away is kept; undefined: not at all. */
  readonly keep?: Keep
  readonly onEvent: OnEvent
}

/** Lock of deploys of ORMs that have none of their own. */
const DEPLOYS = 7_202_611_242

/**
 * Applies what is pending, in the ORM's order: a step of a plan in the transaction that it needs, with short waits for its locks; any other migration as the ORM would send
 * it. Each is recorded in the ORM's own table, and steps in the ledger too. `client` works, `watcher` looks on; both are the caller's to end, and with them the lock
 * that keeps others out. Killed anywhere, run again, it goes on. Returns the names of what it applied. Throws UserError, StepFailure or MigrationFailure; what was
 * applied before stays.
 */
export async function deploy(client: Client, watcher: Client, input: DeployInput): Promise<string[]> {
  const { records, onEvent } = input
  await refusePooler(client, watcher)
  const session = await openSession(client, watcher, { ...input, isLive: true })
  if (records.searchPath !== undefined) await client.query(`SET search_path = ${records.searchPath}`)
  await takeTurn(session, [records.lock ?? DEPLOYS], input.wait)
  const rows = await readOwnTable(client, records)
  const pending = await input.pending(rows)
  const applied: string[] = []
  if (pending.some((p) => p.planned)) await openLedger(client)
  for (const [i, { migration, planned }] of pending.entries()) {
    onEvent({ kind: 'begins', migration: migration.id, step: planned?.step, number: i + 1, of: pending.length })
    const started = performance.now()
    const done = planned
      ? await applyPlanned(session, migration, planned, input)
      : await applyOrdinary(session, migration, records, input.sending)
    applied.push(migration.id)
    onEvent({ kind: 'applied', migration: migration.id, ms: Math.round(performance.now() - started), ...done })
  }
  return applied
}

async function applyPlanned(
  live: Session,
  migration: SourceMigration,
  { plan, ...planned }: PlannedStep,
  { records, by, keep }: DeployInput,
) {
  const session = keep ? { ...live, keep: { how: keep, syncs: plan.syncs } } : live
  const ledger = await readSteps(session.client, plan.id)
  const known = ledger.find((row) => row.step === planned.step.id)
  if (known?.finishedAt) refuseTornRecords(migration, known, records)
  return applyStep(session, { ...planned, plan: plan.id, by, record: records.applied(migration) }, ledger)
}
