import path from 'node:path'
import {
  buildMigration,
  type Catalog,
  type Hazard,
  hazardsOfOutput,
  type Plan,
  planMigration,
  replayHistory,
  type SourceMigration,
  UserError,
} from '@expand-contract/core'
import { historyBefore } from '../plan/emitted.ts'
import { planNamed, writtenPlans } from '../plan/find-plan.ts'
import { PLAN_FILE, readPlan } from '../plan/plan-files.ts'
import { noSuchMigration, type Picked, pickMigration } from '../project/pick.ts'
import { planOne } from '../project/planning.ts'
import type { Project } from '../project/project.ts'
import { shownPath } from '../report/path.ts'
import type { Context } from './context.ts'

/** A plan to prove and where it starts from. */
export interface Subject {
  readonly plan: Plan
  /** The migration's file, or plan.json. */
  readonly file: string
  readonly history: readonly SourceMigration[]
  readonly before: Catalog
  readonly after: Catalog
  /** Hazards that planning the plan's own output finds. */
  readonly replan: () => readonly Hazard[]
  readonly warnings: readonly string[]
}

/** What a name means: a written plan, else a migration that is planned in memory; without a name every written plan. Throws {@link UserError} where it is neither. */
export async function subjects(projects: readonly Project[], target: string | undefined, context: Context): Promise<Subject[]> {
  const written = await writtenPlans(projects)
  if (target === undefined) {
    if (written.length > 0) return Promise.all(written.map(({ project, id }) => writtenPlan(project, id)))
    const folders = projects.map((p) => shownPath(p.layout.plans, context.io.cwd)).join(', ')
    throw new UserError(
      `There is no plan yet in ${folders}. Make one: npx expand-contract rewrite. Or prove a migration as it would be rewritten: npx expand-contract verify <migration>`,
    )
  }
  const found = planNamed(written, target, context.io.cwd)
  if (found) return [await writtenPlan(found.project, found.id)]
  const picked = pickMigration(projects, target, context.io.cwd)
  if (!picked) throw noSuchMigration(projects, target, context.io.cwd)
  return [inMemory(picked, context)]
}

async function writtenPlan({ layout, history }: Project, id: string): Promise<Subject> {
  const plan = await readPlan(layout, id)
  const before = await historyBefore(plan, history)
  const file = path.join(layout.plans, id, PLAN_FILE)
  const source: SourceMigration = { id: plan.id, path: file, text: plan.source.sql, intents: [] }
  const entry = replayHistory([...before, source]).at(-1)
  if (!entry) throw new Error('an empty history')
  const now = planMigration(buildMigration(entry, plan.intents, plan.postgres))
  const warnings =
    now.startsFrom === plan.startsFrom
      ? []
      : [
          plan.assumes
            ? `This plan was made from a schema that the migrations do not tell (${plan.assumes.join(' ')}). It is proved on what they do tell.`
            : `The schema that this plan starts from is not the one that it was made for: migrations before it have changed. It is proved on what is there now.`,
        ]
  return {
    plan,
    file,
    history: before,
    before: entry.before,
    after: entry.after,
    replan: () => hazardsOfOutput(plan, entry.before),
    warnings,
  }
}

function inMemory({ project, index }: Picked, context: Context): Subject {
  const { migrations } = project.history
  const { plan, source, migration } = planOne(migrations, index, { ...context, sending: project.history.layout.sending })
  const { before, after } = migration
  return {
    plan,
    file: source.path,
    history: migrations.slice(0, index),
    before,
    after,
    replan: () => hazardsOfOutput(plan, before),
    warnings: [],
  }
}
