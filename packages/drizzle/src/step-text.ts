import {
  backfillSql,
  checkSql,
  comment,
  type Plan,
  type Step,
  type StepBack,
  stepNotes,
  terminated,
  undoNotes,
} from '@expand-contract/core'
import { guardSql, needsOwnTransactions } from './guard.ts'

/** The line at which Drizzle's migrator cuts a file into statements. */
const BREAKPOINT = '--> statement-breakpoint\n'

/**
 * One step as a file for Drizzle's migrator: one statement between breakpoints, no BEGIN and COMMIT, for whoever runs it owns the transaction. `guarded`: the
 * first statement stops a migrator that runs it together with others.
 */
export function stepText(step: Step, plan: Plan, name: string, guarded: boolean): string {
  return text(step, stepNotes(step, plan.id), name, guarded)
}

/** The same for a step of the contract. */
export function contractText(step: Step, plan: Plan, name: string, guarded: boolean): string {
  return text(step, [...stepNotes(step, plan.id), `The contract: ${plan.stages[1].opensWhen}`], name, guarded)
}

/** The same for a step back. */
export function undoText(back: StepBack, plan: Plan, name: string, guarded: boolean): string {
  return text(back.step, undoNotes(back, plan.id), name, guarded)
}

function text(step: Step, notes: readonly string[], name: string, guarded: boolean): string {
  const statements = [...(guarded ? [guardSql(name)] : []), ...sqlOf(step)]
  return `${comment(notes)}\n${statements.map(terminated).join(BREAKPOINT)}`
}

/** The file of a step, as the plan's stage writes it for the migration `name`. */
export function stepFile(step: Step, plan: Plan, name: string): string {
  const stage = plan.stages.find(({ steps }) => steps.some((s) => s.id === step.id))
  return stepText(step, plan, name, needsOwnTransactions(stage?.steps ?? [step]))
}

/** The file of a migration of which nothing can go out yet. The migrator records it and runs nothing. */
export function heldText(plan: Plan): string {
  const notes = [
    `expand-contract ${plan.id}: nothing of this migration can go out while running code uses what it removes.`,
    `Its statements are held in expand-contract/${plan.id}/contract.`,
  ]
  return `${comment(notes)}\n`
}

function sqlOf(step: Step): readonly string[] {
  if (step.kind === 'backfill') return [backfillSql(step)]
  if (step.kind === 'check') return [checkSql(step)]
  if (step.sql.length === 0) return []
  // Ends with the transaction. A statement outside one has its timeouts from whoever runs it.
  const timeout = step.transaction === 'atomic' && step.lockTimeout > 0 ? [`SET LOCAL lock_timeout = '${step.lockTimeout}ms'`] : []
  return [...timeout, ...step.sql]
}
