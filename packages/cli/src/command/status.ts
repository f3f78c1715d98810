import { appliedIn } from '../deploy/applied.ts'
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
  /** A database to look at as well; true: the usual one. */
  readonly database?: string | true
  readonly format: 'text' | 'json'
}

/** `expand-contract status` */
export async function status(flags: StatusFlags, io: Io): Promise<number> {
  const context = await openContext(io, {})
  const projects = await openProjects(io.cwd, context.config, flags.project)
  const shown: ShownState[] = []
  for (const project of projects) {
    const applied = flags.database === undefined ? undefined : await appliedIn(project, flags.database, io)
    for (const state of await planStates(project)) {
      const anomalies = [...state.anomalies, ...(await schemaAnomalies(project, state))]
      shown.push({
        project: shownPath(project.layout.root, io.cwd),
        ...state,
        anomalies,
        ...(applied && state.migrations.length > 0 && { database: there(state, applied) }),
      })
    }
  }
  io.out(flags.format === 'json' ? json({ version: 1, plans: shown }) : statusText(shown, context.style))
  return shown.some((s) => s.anomalies.length > 0) ? EXIT.findings : EXIT.ok
}

/** How far a plan is in a database, in a few words. */
function there({ migrations }: PlanState, applied: ReadonlySet<string>): string {
  const done = migrations.filter((id) => applied.has(id)).length
  if (done === migrations.length) return 'all of it is applied'
  return done === 0 ? 'not begun' : `${done} of ${migrations.length} migrations are applied`
}

/** What the ORM's schema no longer says although the held contract has yet to take it away. */
async function schemaAnomalies(project: Project, { id, stage }: PlanState): Promise<readonly string[]> {
  if (stage !== 'held' || !project.adapter.restage) return []
  const { unsaid } = await stagedByRelease(project, await readPlan(project.layout, id), [])
  return unsaid
}
