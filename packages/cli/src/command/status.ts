import { EXIT } from '../exit.ts'
import type { Io } from '../io.ts'
import { readPlan } from '../plan/plan-files.ts'
import { type PlanState, planStates } from '../plan/plan-state.ts'
import { stagedByRelease } from '../plan/stage.ts'
import { openProjects } from '../project/discover.ts'
import type { Project } from '../project/project.ts'
import { json } from '../report/json.ts'
import { shownPath } from '../report/path.ts'
import { type ShownState, statusText } from '../report/status-text.ts'
import { openContext } from './context.ts'

export interface StatusFlags {
  readonly project?: readonly string[]
  readonly format: 'text' | 'json'
}

/** How far a plan is in a database, in a few words: asked of whoever can look there. Undefined: not known there. */
export type StageThere = (project: Project, plan: string) => Promise<string | undefined>

/** `expand-contract status` */
export async function status(flags: StatusFlags, io: Io, there?: StageThere): Promise<number> {
  const context = await openContext(io, {})
  const projects = await openProjects(io.cwd, context.config, flags.project)
  const shown: ShownState[] = []
  for (const project of projects) {
    for (const state of await planStates(project)) {
      const database = await there?.(project, state.id)
      const anomalies = [...state.anomalies, ...(await schemaAnomalies(project, state))]
      shown.push({ project: shownPath(project.layout.root, io.cwd), ...state, anomalies, ...(database !== undefined && { database }) })
    }
  }
  io.out(flags.format === 'json' ? json({ version: 1, plans: shown }) : statusText(shown, context.style))
  return shown.some((s) => s.anomalies.length > 0) ? EXIT.findings : EXIT.ok
}

/** What the ORM's schema no longer says although the held contract has yet to take it away. */
async function schemaAnomalies(project: Project, { id, stage }: PlanState): Promise<readonly string[]> {
  if (stage !== 'held' || !project.adapter.restage) return []
  const { unsaid } = await stagedByRelease(project, await readPlan(project.layout, id), [])
  return unsaid
}
