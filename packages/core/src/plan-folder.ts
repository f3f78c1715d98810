import { canonicalJson } from './canonical.ts'
import type { Plan, Step } from './plan.ts'
import { comment, stepFile, stepNotes, transactionSql } from './step-file.ts'
import { stepsToUndo } from './undoable.ts'

/** lock_timeout in ms for undoing a step that has none of its own. */
const UNDO_LOCK_TIMEOUT = 2_000

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
  if (!('sql' in step.undo)) return ''
  const notes = [
    `expand-contract ${plan.id}, undo of step ${step.id}`,
    step.title,
    'Takes the expand stage back while the contract has not run. Run the files of this folder in order.',
    words.undone,
  ]
  const lockTimeout = step.kind === 'ddl' && step.lockTimeout > 0 ? step.lockTimeout : UNDO_LOCK_TIMEOUT
  const { sql, alone = false, after = [] } = step.undo
  const first = transactionSql(sql, { alone, lockTimeout, statementTimeout: 0 })
  const second = after.length > 0 ? transactionSql(after, { lockTimeout, statementTimeout: 0 }) : ''
  return `${comment(notes)}\n${first}${second}`
}
