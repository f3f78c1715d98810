import path from 'node:path'
import type { Project } from '../project/project.ts'
import { PLAN_FILE, planIds } from './plan-files.ts'

/** The plan that a name or path means whose migration is no longer in the history, because it was rewritten; undefined where it is none. */
export async function isRewritten(projects: readonly Project[], target: string): Promise<{ id: string; file: string } | undefined> {
  const named = new Set(target.split(/[\\/]/).map((part) => part.replace(/\.sql$/, '')))
  for (const { layout, history } of projects) {
    const gone = (await planIds(layout)).filter((id) => !history.migrations.some((m) => m.id === id))
    const id = gone.find((plan) => named.has(plan))
    if (id !== undefined) return { id, file: path.join(layout.plans, id, PLAN_FILE) }
  }
  return undefined
}
