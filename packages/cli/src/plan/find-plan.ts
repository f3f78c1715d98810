import path from 'node:path'
import { type Plan, UserError } from '@expand-contract/core'
import type { Project } from '../project/project.ts'
import { didYouMean } from '../report/nearest.ts'
import { shownPath } from '../report/path.ts'
import { PLAN_FILE, planIds, readPlan } from './plan-files.ts'

/** A plan by its name, in the project that it belongs to. */
export interface NamedPlan {
  readonly project: Project
  readonly id: string
}

/** All written plans of some projects. */
export async function writtenPlans(projects: readonly Project[]): Promise<NamedPlan[]> {
  return (await Promise.all(projects.map(async (project) => (await planIds(project.layout)).map((id) => ({ project, id }))))).flat()
}

/** The plan that a name, a part of it that only one has, its folder or its file means; undefined where it is none. */
export function planNamed(plans: readonly NamedPlan[], target: string, cwd: string): NamedPlan | undefined {
  const at = path.resolve(cwd, target)
  const isAt = ({ project, id }: NamedPlan): boolean => {
    const folder = path.join(project.layout.plans, id)
    return at === folder || at === path.join(folder, PLAN_FILE)
  }
  const parts = plans.filter(({ id }) => id.includes(target))
  return plans.find(isAt) ?? plans.find(({ id }) => id === target) ?? (parts.length === 1 ? parts[0] : undefined)
}

/** The same, read; throws {@link UserError} where no plan is meant. */
export async function openPlan(
  projects: readonly Project[],
  target: string,
  cwd: string,
): Promise<{ readonly project: Project; readonly plan: Plan }> {
  const plans = await writtenPlans(projects)
  const found = planNamed(plans, target, cwd)
  if (found) return { project: found.project, plan: await readPlan(found.project.layout, found.id) }
  const folders = projects.map(({ layout }) => shownPath(layout.plans, cwd)).join(', ')
  const ids = plans.map(({ id }) => id)
  throw new UserError(`There is no plan "${target}" in ${folders}.${didYouMean(target, ids)} All of them: npx expand-contract status`)
}
