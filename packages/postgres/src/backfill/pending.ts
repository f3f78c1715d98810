import { type Backfill, type Plan, type Step, UserError } from '@expand-contract/core'
import type { StepRecord } from '../ledger/index.ts'

/**
 * The backfills of a plan that can be done now, in order: what stands before each is recorded as done, and it is not. `byOrm`: ids of steps that the ORM's own table knows as
 * applied; `named`: the id of one backfill, which then counts as ready. Throws {@link UserError} where there is none for a reason.
 */
export function pendingBackfills(
  plan: Plan,
  records: readonly StepRecord[],
  named?: string,
  byOrm: ReadonlySet<string> = new Set(),
): Backfill[] {
  const all = plan.stages.flatMap(({ name, steps }) =>
    steps.flatMap((step, i) => (step.kind === 'backfill' ? [{ step, before: steps[i - 1], isFirst: i === 0 && name === 'expand' }] : [])),
  )
  if (named !== undefined) return [namedStep(plan, all, named)]
  const isDone = (step: Step | undefined): boolean =>
    step !== undefined && (byOrm.has(step.id) || records.some((r) => r.step === step.id && r.finishedAt !== null))
  const open = all.filter(({ step }) => !isDone(step))
  const ready = open.filter(({ before, isFirst }) => isFirst || isDone(before))
  const [first] = open
  if (ready.length === 0 && first) {
    throw new UserError(
      `The backfill ${first.step.id} of ${plan.id} comes after the step ${first.before?.id ?? 'that opens its stage'}, which neither the ledger of this database nor the ORM's own table knows as done: without it nothing would keep new rows right. Apply what comes before it:\n  npx expand-contract deploy\nor, where it was applied by other means, name the backfill:\n  npx expand-contract backfill ${plan.id} --step ${first.step.id}`,
    )
  }
  return ready.map(({ step }) => step)
}

function namedStep(plan: Plan, all: readonly { readonly step: Backfill }[], named: string): Backfill {
  const found = all.find(({ step }) => step.id === named)
  if (found) return found.step
  const ids = all.map(({ step }) => step.id).join(', ')
  throw new UserError(`${plan.id} has no backfill ${named}. ${ids === '' ? 'It has none at all.' : `Its backfills are: ${ids}.`}`)
}
