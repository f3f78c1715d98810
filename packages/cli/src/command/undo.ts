import { pointOfNoReturn, UserError, undoSteps } from '@expand-contract/core'
import type { Io } from '../io.ts'
import { openPlan } from '../plan/find-plan.ts'
import { planState } from '../plan/plan-state.ts'
import { stagedByUndo } from '../plan/stage.ts'
import { openProjects } from '../project/discover.ts'
import { count } from '../report/style.ts'
import { openContext } from './context.ts'
import type { StageFlags } from './contract.ts'
import { reasons, undoReleased } from './undo-released.ts'
import { writeStage } from './write-stage.ts'

/** `expand-contract undo <plan>` */
export async function undo(target: string, flags: StageFlags, io: Io): Promise<number> {
  const context = await openContext(io, {})
  const projects = await openProjects(io.cwd, context.config, flags.project)
  const { project, plan } = await openPlan(projects, target, io.cwd)
  const { stage } = await planState(project, plan)
  if (stage === 'undone') throw new UserError(`${plan.id} is undone already. There is nothing to do.`)
  if (stage === 'released') return undoReleased(plan, project, context, flags)
  const back = undoSteps(plan)
  if (back.length === 0)
    throw new UserError(
      `Nothing of ${plan.id} can or need be taken back: ${reasons(plan).join(' ') || 'its expand stage leaves nothing behind.'}`,
    )
  const edits = await project.adapter.undo(plan, project.history)
  const staged = await stagedByUndo(project, plan, edits)
  const stays = plan.stages[0].steps.slice(0, pointOfNoReturn(plan.stages[0].steps)).map((step) => step.title)
  const isGivenUp = back.every(({ step }) => step.sql.length === 0)
  return writeStage(staged, context, flags, {
    ask: 'Does no code that needs the new form run any more? Then the undo is written.',
    next: [
      isGivenUp
        ? 'The contract is given up, and an empty migration says so: nothing in the database changes.'
        : `The way back now stands among the migrations (${count(back.length, 'step')}). Take the code back first, then deploy it: from then on only the old form is there.`,
      ...(stays.length > 0 ? [`What can't be taken back stays: ${stays.join('; ')}.`] : []),
      ...(project.adapter.restage
        ? ['Fields that came back into the schema have the names of their columns: compare it with the one before the change (git diff).']
        : []),
    ],
  })
}
