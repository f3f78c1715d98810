import { migrationsOf, type Plan, type SourceMigration, type Step, type StepHeader, undoSteps } from '@expand-contract/core'
import type { StagedStep } from '../project/planning.ts'
import type { Project } from '../project/project.ts'
import { planIds, readPlan } from './plan-files.ts'

/** A migration that a plan wrote. */
export interface OwnMigration {
  readonly migration: SourceMigration
  readonly header: StepHeader
  /** The step that it says it is; undefined where the plan has none of that name. */
  readonly step: Step | undefined
  /** The file says what the plan says. */
  readonly isIntact: boolean
}

/** The migrations of a history that a plan wrote, in order. */
export function ownMigrations({ adapter, history }: Project, plan: Plan): OwnMigration[] {
  const steps = plan.stages.flatMap((s) => s.steps)
  const back = undoSteps(plan)
  return migrationsOf(plan, history.migrations).map(({ migration, header }): OwnMigration => {
    if (header.undo) {
      const found = back.find(({ of, step }) => of.id === header.step && step.sql.every((sql) => migration.text.includes(sql)))
      return { migration, header, step: found?.step, isIntact: found !== undefined }
    }
    const step = steps.find((s) => s.id === header.step)
    const isIntact = step !== undefined && bodyOf(migration.text) === bodyOf(adapter.stepFile(step, plan, migration.id))
    return { migration, header, step, isIntact }
  })
}

/** The steps that stand among the migrations as their plans wrote them, by the migration's name: what a contract or an undo takes away nothing uses any more. */
export async function stepsIn(project: Project): Promise<ReadonlyMap<string, StagedStep>> {
  const found = new Map<string, StagedStep>()
  for (const id of await planIds(project.layout)) {
    // A plan that can't be read vouches for nothing; `status` says why.
    const plan = await readPlan(project.layout, id).catch(() => undefined)
    for (const { migration, header, step, isIntact } of plan ? ownMigrations(project, plan) : []) {
      const isLast = header.undo || plan?.stages[1].steps.some((s) => s.id === header.step)
      if (step && isIntact) found.set(migration.id, { step, stage: isLast ? 'contract' : 'expand' })
    }
  }
  return found
}

/** Without the comments at the start, and with our line breaks: git may change them. */
export function bodyOf(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const start = lines.findIndex((line) => !line.startsWith('--') || line.startsWith('--> '))
  return lines.slice(Math.max(0, start)).join('\n')
}
