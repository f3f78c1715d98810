import {
  buildMigration,
  migrationsOf,
  misfitOfContract,
  type Plan,
  planMigration,
  replayHistory,
  schemaAfter,
  UserError,
} from '@expand-contract/core'
import { stepsAppliedIn } from '../deploy/applied.ts'
import { shell } from '../flags/answers.ts'
import type { Io } from '../io.ts'
import { isLoss } from '../plan/anomalies.ts'
import { historyBefore } from '../plan/emitted.ts'
import { openPlan } from '../plan/find-plan.ts'
import { type PlanState, planState } from '../plan/plan-state.ts'
import { stagedByRelease } from '../plan/stage.ts'
import { openProjects } from '../project/discover.ts'
import type { Project } from '../project/project.ts'
import { planText } from '../report/plan-text.ts'
import { count } from '../report/style.ts'
import { openContext } from './context.ts'
import { writeStage } from './write-stage.ts'

export interface StageFlags {
  readonly project?: readonly string[]
  readonly dryRun?: true
  readonly yes?: true
}

export interface ContractFlags extends StageFlags {
  /** A database that must have all of the expand stage; true: the usual one. */
  readonly database?: string | true
}

/** `expand-contract contract <plan>` */
export async function contract(target: string, flags: ContractFlags, io: Io): Promise<number> {
  const context = await openContext(io, {})
  const projects = await openProjects(io.cwd, context.config, flags.project)
  const { project, plan } = await openPlan(projects, target, io.cwd)
  const state = await planState(project, plan)
  refuseUnlessHeld(plan, state)
  await refuseUnlessFitting(project, plan)
  if (flags.database !== undefined) await refuseUnlessExpanded(project, plan, flags.database, io)
  const [expand, held] = plan.stages
  io.out(`${planText({ ...plan, stages: [{ ...expand, steps: [] }, held], maps: [], alternatives: [] }, context.style)}\n`)
  const edits = await project.adapter.release(plan, project.history)
  const staged = await stagedByRelease(project, plan, edits)
  return writeStage(staged, context, flags, {
    ask: 'Does no code that uses the old form run any more, on any server, job or older deploy? Then the contract is written.',
    demand: `Only you know whether code that uses the old form still runs, on any server or in any job. If none does, say so:\n  npx expand-contract contract ${shell(plan.id)} --yes`,
    next: [
      `The contract now stands among the migrations (${count(held.steps.length, 'step')}). Review it, commit it together with the schema, and deploy it.`,
    ],
  })
}

function refuseUnlessHeld(plan: Plan, { stage, anomalies, migrations }: PlanState): void {
  if (stage === 'released')
    throw new UserError(
      `The contract of ${plan.id} is released already: it is the last of ${migrations.join(', ')}. There is nothing to do.`,
    )
  if (stage === 'undone')
    throw new UserError(
      `${plan.id} is undone, so it has no contract any more. Make the change again: generate the migration and run npx expand-contract rewrite`,
    )
  if (stage === 'complete') throw new UserError(`${plan.id} has no contract: all of it is in its expand stage.`)
  // What is missing under expand-contract/ is written anew from plan.json.
  const inTheWay = anomalies.filter((a) => !isLoss(a))
  if (inTheWay.length > 0)
    throw new UserError(`The contract of ${plan.id} can't be released as things stand:\n${inTheWay.map((a) => `  ${a}`).join('\n')}`)
}

/** By the ORM's own table, which knows a step whoever applied it. */
async function refuseUnlessExpanded(project: Project, plan: Plan, flag: string | true, io: Io): Promise<void> {
  const applied = await stepsAppliedIn(project, plan, flag, io)
  const missing = plan.stages[0].steps.filter(({ id }) => !applied.has(id)).map(({ id }) => id)
  if (missing.length === 0) return
  throw new UserError(
    `The expand stage of ${plan.id} is not through in this database: ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not applied there, so code may still live on the old form alone. Apply it, and give the application time on it, before the contract is released:\n  npx expand-contract deploy`,
  )
}

/** The history has moved: what the plan was made for is no longer there. */
async function refuseUnlessFitting({ history }: Project, plan: Plan): Promise<void> {
  const why = (await startHasMoved(plan, history)) ?? endHasMoved(plan, history)
  if (why === undefined) return
  throw new UserError(
    `The contract of ${plan.id} no longer fits the history: ${why}. Running it could fail or drop what is in use. Take the plan back and make it anew on top of what is there now, with the same names:\n  npx expand-contract undo ${shell(plan.id)}`,
  )
}

async function startHasMoved(plan: Plan, history: Project['history']): Promise<string | undefined> {
  // A schema that was given from elsewhere is not what the migrations tell.
  if (plan.assumes) return undefined
  const before = await historyBefore(plan, history)
  const entry = replayHistory([...before, { id: plan.id, text: plan.source.sql }]).at(-1)
  if (!entry || planMigration(buildMigration(entry, plan.intents, plan.postgres)).startsFrom === plan.startsFrom) return undefined
  return 'migrations before it have changed a table that it is about'
}

function endHasMoved(plan: Plan, { migrations }: Project['history']): string | undefined {
  const last = migrationsOf(plan, migrations).at(-1)?.index ?? migrations.findIndex((m) => m.id === plan.id)
  const own = migrations.slice(0, last + 1)
  const { steps } = plan.stages[1]
  return misfitOfContract(schemaAfter(own), schemaAfter(own, steps), schemaAfter(migrations))
}
