import type { Applied } from '@expand-contract/core'
import { readApplied } from '../deploy/applied.ts'
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
    const applied = flags.database === undefined ? undefined : await readApplied(project, flags.database, io)
    for (const state of await planStates(project)) {
      const anomalies = [...state.anomalies, ...(await schemaAnomalies(project, state)), ...(applied ? notThere(state, applied) : [])]
      shown.push({
        project: shownPath(project.layout.root, io.cwd),
        ...state,
        anomalies,
        ...(applied && state.migrations.length > 0 && { database: there(state, new Set(applied.applied)) }),
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

/** What went past the database, and what failed there half way. */
function notThere({ migrations }: PlanState, { passedOver = [], failed }: Applied): string[] {
  return migrations.flatMap((id) => [
    ...(passedOver.includes(id)
      ? [
          `In the database ${id} was passed over: later migrations are applied there, so the ORM's migrator will not run it any more. What to do says: npx expand-contract deploy`,
        ]
      : []),
    ...(failed.includes(id) ? [`In the database ${id} failed half way. What to do says: npx expand-contract deploy`] : []),
  ])
}

/** What the ORM's schema no longer says although the held contract has yet to take it away. */
async function schemaAnomalies(project: Project, { id, stage }: PlanState): Promise<readonly string[]> {
  if (stage !== 'held' || !project.adapter.restage) return []
  const { unsaid } = await stagedByRelease(project, await readPlan(project.layout, id), [])
  return unsaid
}
