import { type Plan, type SourceMigration, spoken, stepHeader, undoSteps } from '@expand-contract/core'
import type { Project } from '../project/project.ts'
import { anomaliesOf, isLoss, lossOf } from './anomalies.ts'
import { type OwnMigration, ownMigrations } from './own-migrations.ts'
import { planIds, readPlan } from './plan-files.ts'

/**
 * How far a plan is in the repository. held: its contract waits; released: it is among the migrations; undone: the expand stage is taken back; complete: it has no contract;
 * broken: it can't be told.
 */
export type RepositoryStage = 'held' | 'released' | 'undone' | 'complete' | 'broken'

/** A plan as the repository shows it. */
export interface PlanState {
  readonly id: string
  readonly stage: RepositoryStage
  /** What is not as it should be, one sentence each. */
  readonly anomalies: readonly string[]
  /** Names of the migrations that the plan wrote, in their order. */
  readonly migrations: readonly string[]
}

/** All plans of a project, those whose folder is gone included. */
export async function planStates(project: Project): Promise<PlanState[]> {
  const ids = await planIds(project.layout)
  const states = await Promise.all(ids.map((id) => stateOf(project, id)))
  return [...states, ...orphans(project, ids)].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Contracts that are neither held nor released: sentences. */
export async function lostContracts(project: Project): Promise<string[]> {
  const states = await planStates(project)
  return states.flatMap(({ id, anomalies }) => anomalies.filter(isLoss).map((text) => `${id}: ${text}`))
}

async function stateOf(project: Project, id: string): Promise<PlanState> {
  try {
    return await planState(project, await readPlan(project.layout, id))
  } catch (error) {
    if ((error as Error).name !== 'UserError') throw error
    return { id, stage: 'broken', anomalies: [(error as Error).message], migrations: [] }
  }
}

/** Where one plan stands. */
export async function planState(project: Project, plan: Plan): Promise<PlanState> {
  const own = ownMigrations(project, plan)
  const stage = stageOf(plan, own)
  return {
    id: plan.id,
    stage,
    anomalies: await anomaliesOf(project, plan, own, stage),
    migrations: own.map(({ migration }) => migration.id),
  }
}

function stageOf(plan: Plan, own: readonly OwnMigration[]): RepositoryStage {
  const has = (undo: boolean) => (step: { readonly id: string }) =>
    own.some(({ header }) => header.undo === undo && header.step === step.id)
  const back = undoSteps(plan).map(({ of }) => of)
  const contract = plan.stages[1].steps
  if (back.length > 0 && back.every(has(true))) return 'undone'
  if (contract.length === 0) return 'complete'
  return contract.every(has(false)) ? 'released' : 'held'
}

/** Plans of which only the migrations are left: where none of them is of a contract or an undo, that contract is lost. */
function orphans({ history }: Project, ids: readonly string[]): PlanState[] {
  const known = new Set(ids.map(spoken))
  const left = new Map<string, SourceMigration[]>()
  for (const migration of history.migrations) {
    const header = stepHeader(migration.text)
    if (header && !known.has(header.plan)) left.set(header.plan, [...(left.get(header.plan) ?? []), migration])
  }
  return [...left].flatMap(([id, own]) => {
    const isOver = own.some(({ text }) => stepHeader(text)?.undo || text.includes('\n-- The contract: '))
    return isOver ? [] : [{ id, stage: 'broken' as const, anomalies: [lossOf(`expand-contract/${id}`)], migrations: own.map((m) => m.id) }]
  })
}
