import path from 'node:path'
import { type FileEdit, type History, type Plan, spentFiles, stepFile, stepNotes, undoNotes, undoSteps } from '@expand-contract/core'
import { nextNames } from './names.ts'

/** The contract as the next migrations, one step in one folder. */
export async function release(plan: Plan, history: History): Promise<readonly FileEdit[]> {
  const files = plan.stages[1].steps.map((step) => {
    const notes = [...stepNotes(step, plan.id), `The contract: ${plan.stages[1].opensWhen}`]
    return { slug: `contract ${slugOf(step.id)}`, text: stepFile(step, notes) }
  })
  return next(plan, files, history)
}

/** The undo of the expand stage as the next migrations. */
export async function undo(plan: Plan, history: History): Promise<readonly FileEdit[]> {
  const files = undoSteps(plan).map((back) => ({ slug: `undo ${back.step.id}`, text: stepFile(back.step, undoNotes(back, plan.id)) }))
  return next(plan, files, history)
}

function next(plan: Plan, files: readonly { readonly slug: string; readonly text: string }[], history: History): FileEdit[] {
  const { migrations, plans } = history.layout
  const names = nextNames(
    plan.id,
    files.map((f) => f.slug),
    history,
  )
  return [
    ...files.map(({ text }, i): FileEdit => ({ path: path.join(migrations, names[i] as string, 'migration.sql'), content: text })),
    ...spentFiles(plan).map((file): FileEdit => ({ path: path.join(plans, plan.id, file), content: null })),
  ]
}

function slugOf(stepId: string): string {
  return stepId.replace(/^\d+-/, '')
}
