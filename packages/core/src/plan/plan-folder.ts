import { canonicalJson } from '../canonical.ts'
import type { Plan, Step } from './plan.ts'
import { comment, stepFile, stepNotes, stepSql } from './step-file.ts'
import { undoSteps } from './undo-steps.ts'
import { stepsToUndo } from './undoable.ts'

/** What the words of an ORM are in the headers of held files. */
export interface PlanFolderWords {
  /** Why the contract lies here and not among the migrations. */
  readonly held: string
  /** What must go together with the undo: the ORM's files and rows. */
  readonly undone: string
}

/**
 * What the ORM must not apply yet or at all, as `[path relative to expand-contract/<plan id>, text]`: plan.json, the migration as the ORM wrote it, the held
 * contract, and the way back as files in the order to run them.
 */
export function planFolder(plan: Plan, words: PlanFolderWords): [path: string, text: string][] {
  const [expand, contract] = plan.stages
  return [
    ['plan.json', canonicalJson(plan)],
    ['original.sql', plan.source.sql],
    ...contract.steps.map((step): [string, string] => {
      return [`contract/${step.id}.sql`, stepFile(step, [...stepNotes(step, plan.id), words.held, `Opens: ${contract.opensWhen}`])]
    }),
    ...stepsToUndo(expand.steps).map((step, i): [string, string] => {
      const name = `${String(i + 1).padStart(2, '0')}-${step.id.replace(/^\d+-/, '')}`
      return [`undo/${name}.sql`, undoFile(step, plan, words)]
    }),
  ]
}

function undoFile(step: Step, plan: Plan, words: PlanFolderWords): string {
  const back = undoSteps(plan).filter(({ of }) => of === step)
  const notes = [
    `expand-contract ${plan.id}, undo of step ${step.id}`,
    step.title,
    'Takes the expand stage back while the contract has not run. Run the files of this folder in order.',
    words.undone,
  ]
  return `${comment(notes)}\n${back.map((b) => stepSql(b.step)).join('')}`
}

/** The files of {@link planFolder} that have no meaning any more once the contract is released or the expand stage is undone. */
export function spentFiles(plan: Plan): string[] {
  const files = planFolder(plan, { held: '', undone: '' }).map(([path]) => path)
  return files.filter((path) => path.startsWith('contract/') || path.startsWith('undo/'))
}
