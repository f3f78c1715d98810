import { type SourceMigration, UserError } from '../adapter.ts'
import type { Plan, Step } from '../plan/plan.ts'
import { isGuarded } from '../plan/sending.ts'
import { spoken, stepHeader } from '../plan/step-header.ts'
import { undoSteps } from '../plan/undo-steps.ts'
import { readScript } from '../sql/read.ts'
import { checksum, sliceBytes } from '../sql/sql.ts'

/** A migration file that is a step of a plan. */
export interface PlannedStep {
  readonly plan: Plan
  readonly stage: 'expand' | 'contract'
  readonly step: Step
  /** It is a step back: ids of the steps of the expand stage that are not done any more after it. */
  readonly undoes?: readonly string[]
}

/**
 * The step that a migration file is, by the first words of its header; undefined where it is no step of any plan. `written` gives a step's file as it is
 * emitted today; `known` holds checksums of files as they were emitted. Throws {@link UserError} where the file says that it is a step, and the plan is not there
 * or the file is not what the plan wrote.
 */
export function stepOf(
  migration: SourceMigration,
  plans: readonly Plan[],
  written: (step: Step, plan: Plan) => string,
  known: ReadonlySet<string> = new Set(),
): PlannedStep | undefined {
  const header = stepHeader(migration.text)
  if (!header) return undefined
  const plan = plans.find(({ id }) => spoken(id) === header.plan)
  const candidates = plan ? (header.undo ? stepsBack(plan, header.step) : steps(plan, header.step)) : []
  if (candidates.length === 0) throw unknown(migration, header.plan)
  const isKnown = candidates.length === 1 && known.has(fileChecksum(migration.text))
  const found = candidates.find((c) => isKnown || bodyOf(written(c.step, c.plan)) === bodyOf(migration.text))
  if (found) return found
  throw new UserError(
    `${migration.path} was edited: it is step ${header.step} of the plan ${header.plan}, and no longer what the plan wrote, so neither its locks nor its resumption are what was proved. Restore it with\n  git checkout -- ${migration.path}\nand put other SQL into a migration of its own.`,
  )
}

function steps(plan: Plan, id: string): PlannedStep[] {
  return plan.stages.flatMap((stage) => stage.steps.filter((s) => s.id === id).map((step) => ({ plan, stage: stage.name, step })))
}

/** What the step itself and those behind it did is gone after it. */
function stepsBack(plan: Plan, id: string): PlannedStep[] {
  const expand = plan.stages[0].steps
  const at = expand.findIndex((s) => s.id === id)
  const undoes = at < 0 ? [] : expand.slice(at).map((s) => s.id)
  return undoSteps(plan)
    .filter(({ of }) => of.id === id)
    .map(({ step }) => ({ plan, stage: 'expand', step, undoes }))
}

function unknown({ path }: SourceMigration, plan: string): UserError {
  return new UserError(
    `${path} is a step of the plan ${plan}, but expand-contract/${plan}/plan.json is not there or has no such step, so how to run it is not known. Restore the folder from git, beside the migrations.`,
  )
}

/** SHA-256 of a migration file, with line breaks as we write them: git may change them. */
export function fileChecksum(text: string): string {
  return checksum(text.replaceAll('\r\n', '\n'))
}

/** Without the comments at the start and the guard behind them. */
function bodyOf(file: string): string {
  const text = file.replaceAll('\r\n', '\n')
  const lines = text.split('\n')
  const start = lines.findIndex((line) => !line.startsWith('--') || line.startsWith('-->'))
  const body = lines.slice(start < 0 ? lines.length : start).join('\n')
  if (!body.startsWith('DO ')) return body
  const script = readScript(body)
  const [guard] = script.statements
  if (!guard || !isGuarded(script)) return body
  const rest = sliceBytes(body, guard.span.end)
  return rest.slice(rest.indexOf(BREAKPOINT) < 0 ? 0 : rest.indexOf(BREAKPOINT) + BREAKPOINT.length)
}

const BREAKPOINT = '--> statement-breakpoint\n'
