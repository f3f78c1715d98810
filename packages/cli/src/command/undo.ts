import { type Plan, pointOfNoReturn, UserError, undoSteps } from '@expand-contract/core'
import { shell } from '../flags/answers.ts'
import type { Io } from '../io.ts'
import { openPlan } from '../plan/find-plan.ts'
import { planState } from '../plan/plan-state.ts'
import { stagedByUndo } from '../plan/stage.ts'
import { openProjects } from '../project/discover.ts'
import type { Project } from '../project/project.ts'
import { count } from '../report/style.ts'
import { openContext } from './context.ts'
import type { StageFlags } from './contract.ts'
import { writeStage } from './write-stage.ts'

/** `expand-contract undo <plan>` */
export async function undo(target: string, flags: StageFlags, io: Io): Promise<number> {
  const context = await openContext(io, {})
  const projects = await openProjects(io.cwd, context.config, flags.project)
  const { project, plan } = await openPlan(projects, target, io.cwd)
  const { stage } = await planState(project, plan)
  if (stage === 'undone') throw new UserError(`${plan.id} is undone already. There is nothing to do.`)
  if (stage === 'released') throw new UserError(afterContract(plan, project))
  const back = undoSteps(plan)
  if (back.length === 0)
    throw new UserError(
      `Nothing of ${plan.id} can or need be taken back: ${reasons(plan).join(' ') || 'its expand stage leaves nothing behind.'}`,
    )
  const edits = await project.adapter.undo(plan, project.history)
  const staged = await stagedByUndo(project, plan, edits)
  const stays = plan.stages[0].steps.slice(0, pointOfNoReturn(plan.stages[0].steps)).map((step) => step.title)
  return writeStage(staged, context, flags, {
    ask: 'Does no code that needs the new form run any more? Then the undo is written.',
    next: [
      `The way back now stands among the migrations (${count(back.length, 'step')}). Take the code back first, then deploy it: from then on only the old form is there.`,
      ...(stays.length > 0 ? [`What can't be taken back stays: ${stays.join('; ')}.`] : []),
      ...(project.adapter.restage
        ? ['Fields that came back into the schema have the names of their columns: compare it with the one before the change (git diff).']
        : []),
    ],
  })
}

/** After the contract there is no way back, only a change like any other. */
function afterContract(plan: Plan, { adapter }: Project): string {
  const renamed = plan.syncs
    .filter((sync) => sync.old !== sync.new)
    .map((sync) => `the data of ${sync.old} lives on in ${sync.new} of ${sync.table}`)
  const gone = reasons(plan)
  const generate = adapter.id === 'prisma' ? 'npx prisma migrate dev --create-only' : 'npx drizzle-kit generate'
  return [
    `The contract of ${plan.id} is released, so there is no undo any more, only a migration that changes the schema once more, forward.`,
    ...(gone.length > 0 ? [`What its steps say: ${gone.join(' ')}`] : []),
    ...(renamed.length > 0 ? [`Nothing is lost of these: ${renamed.join('; ')}.`] : []),
    `What deploy --keep set aside comes back when its columns and tables are there again: npx expand-contract restore ${shell(plan.id)}`,
    'Change the schema to what you want back, and let the ORM and this tool do the rest:',
    `  ${generate}`,
    `  npx expand-contract rewrite${plan.syncs.map((s) => (s.old === s.new ? '' : ` --rename ${s.table.replaceAll('"', '')}.${s.new}=${s.old}`)).join('')}`,
  ].join('\n')
}

/** Why steps have no undo, in their own words. */
function reasons(plan: Plan): string[] {
  return [...new Set(plan.stages.flatMap((s) => s.steps).flatMap(({ undo }) => ('irreversible' in undo ? [undo.irreversible] : [])))]
}
