import type { Applied, Plan } from '@expand-contract/core'
import type { Io } from '../io.ts'
import { ownMigrations } from '../plan/own-migrations.ts'
import type { Project } from '../project/project.ts'
import { liveUrl, schemaIn } from './url.ts'

/** Names of a project's migrations that a database has, after the ORM's own table there. `flag`: a URL, or true or nothing for the usual one. Reads only. */
export async function appliedIn(project: Project, flag: string | true | undefined, io: Io): Promise<ReadonlySet<string>> {
  return new Set((await readApplied(project, flag, io)).applied)
}

/** All that the table says. */
export async function readApplied(project: Project, flag: string | true | undefined, io: Io): Promise<Applied> {
  const { adapter, history, layout } = project
  const url = liveUrl(flag === true ? undefined : flag, layout.urlVariables ?? [], io)
  const records = await adapter.records(history, schemaIn(url))
  const { peekOwnTable, withTwo } = await import('@expand-contract/postgres')
  const rows = await withTwo(url, (client) => peekOwnTable(client, records))
  return adapter.applied(history, rows)
}

/** Ids of the steps of a plan that a database has after the ORM's own table there, whoever applied them; a step that was taken back is not among them. */
export async function stepsAppliedIn(project: Project, plan: Plan, flag: string | true | undefined, io: Io): Promise<ReadonlySet<string>> {
  const applied = await appliedIn(project, flag, io)
  const own = ownMigrations(project, plan).filter(({ migration }) => applied.has(migration.id))
  const back = own.filter(({ header }) => header.undo).map(({ header }) => header.step)
  const first = Math.min(...back.map((id) => plan.stages[0].steps.findIndex((s) => s.id === id)))
  const undone = new Set(plan.stages[0].steps.slice(first).map((s) => s.id))
  const done = own.flatMap(({ header }) => (header.undo ? [] : [header.step]))
  return new Set(back.length > 0 ? done.filter((id) => !undone.has(id)) : done)
}
