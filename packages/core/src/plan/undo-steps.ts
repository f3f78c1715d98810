import type { Ddl, Plan, Step } from './plan.ts'
import { stepsToUndo } from './undoable.ts'

/** lock_timeout in ms for taking a step back: several tables may be locked, one after the other, within PostgreSQL's deadlock_timeout (1 s). */
const LOCK_TIMEOUT = 300

/** One step back: DDL of its own, and the step of the expand stage that it takes back. */
export interface StepBack {
  readonly step: Ddl
  readonly of: Step
}

/**
 * The way back from the end of the expand stage, in the order in which to go it. Each is one transaction, or one statement outside any. Where there is nothing to take back and only a
 * contract to give up, it is one step without SQL, which says so in the history.
 */
export function undoSteps(plan: Plan): StepBack[] {
  const [expand, contract] = plan.stages
  const back = stepsToUndo(expand.steps)
  const [first] = contract.steps
  return back.length === 0 && first ? [givenUp(first)] : stepsBack(back)
}

function givenUp(of: Step): StepBack {
  const step: Ddl = {
    kind: 'ddl',
    id: 'give-up-the-contract',
    title: 'Give up the contract',
    why: 'It has not run, and nothing that went out before it is to be taken back.',
    undo: { none: 'Make the change again.' },
    transaction: 'atomic',
    sql: [],
    locks: [],
    lockTimeout: 0,
    statementTimeout: 0,
  }
  return { of, step }
}

function stepsBack(steps: readonly Step[]): StepBack[] {
  return steps.flatMap((of): StepBack[] => {
    if (!('sql' in of.undo)) return []
    const { sql, alone, after = [] } = of.undo
    const slug = of.id.replace(/^\d+-/, '')
    const back = (id: string, statements: readonly string[], transaction: Ddl['transaction']): StepBack => ({
      of,
      step: {
        kind: 'ddl',
        id,
        title: `Take back: ${of.title}`,
        why: 'The contract has not run: the old form is still there.',
        undo: { none: 'Run the expand stage again.' },
        transaction,
        sql: statements,
        locks: [],
        lockTimeout: transaction === 'alone' ? 0 : LOCK_TIMEOUT,
        statementTimeout: 0,
      },
    })
    return [back(slug, sql, alone ? 'alone' : 'atomic'), ...(after.length > 0 ? [back(`${slug}-validate`, after, 'atomic')] : [])]
  })
}

/** The first lines of the file of a step back: see {@link stepNotes}. */
export function undoNotes({ step, of }: StepBack, planId: string): string[] {
  return [`expand-contract ${planId}, undo of step ${of.id}`, step.title, step.why]
}
