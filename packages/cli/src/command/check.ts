import path from 'node:path'
import { hazards, type Plan, type SourceMigration } from '@expand-contract/core'
import { EXIT } from '../exit.ts'
import { shell } from '../flags/answers.ts'
import type { Io } from '../io.ts'
import { type Say, withProgress } from '../progress.ts'
import { openProjects } from '../project/discover.ts'
import type { Selection } from '../project/locate.ts'
import { type Planned, planAt } from '../project/planning.ts'
import { type Checked, type CheckReport, checkData, hasFindings } from '../report/check-report.ts'
import { checkText } from '../report/check-text.ts'
import { json } from '../report/json.ts'
import { shownPath } from '../report/path.ts'
import { type Context, openContext } from './context.ts'

export interface CheckFlags {
  readonly since?: string
  readonly newest?: true
  readonly all?: true
  readonly project?: readonly string[]
  readonly postgres?: number
  readonly format: 'text' | 'json'
}

/** `expand-contract check [paths...]` */
export async function check(paths: readonly string[], flags: CheckFlags, io: Io): Promise<number> {
  const context = await openContext(io, flags)
  const report = await withProgress(io, (say) => examine(paths, flags, context, say))
  io.out(flags.format === 'json' ? json(checkData(report)) : checkText(report, context.style))
  return report.checked.some(hasFindings) ? EXIT.findings : EXIT.ok
}

async function examine(paths: readonly string[], flags: CheckFlags, context: Context, say: Say): Promise<CheckReport> {
  await say('reading migrations')
  const { selections, loose } = await selected(paths, flags, context)
  const checked: Checked[] = []
  for (const selection of selections) checked.push(...(await checkSelection(await narrowed(selection, flags), context, say)))
  const histories = looseHistories(loose)
  for (const history of histories.values()) checked.push(...(await checkLoose(history, context, say)))
  return { checked, notes: notes(histories, context) }
}

async function selected(paths: readonly string[], flags: CheckFlags, { io, config }: Context) {
  if (paths.length > 0) return (await import('../project/locate.ts')).locate(paths, io.cwd)
  const projects = await openProjects(io.cwd, config, flags.project)
  return {
    selections: projects.map((project): Selection => ({ project, indices: project.history.migrations.map((_, i) => i) })),
    loose: [],
  }
}

async function narrowed({ project, indices }: Selection, { since, newest }: CheckFlags): Promise<Selection> {
  if (newest) return { project, indices: indices.slice(-1) }
  if (since === undefined || indices.length === 0) return { project, indices }
  const { notOn } = await import('../project/since.ts')
  const isNew = await notOn(since, project.layout.migrations)
  return {
    project,
    indices: indices.filter((i) => {
      const migration = project.history.migrations[i]
      return migration !== undefined && isNew(migration)
    }),
  }
}

async function checkSelection({ project, indices }: Selection, context: Context, say: Say): Promise<Checked[]> {
  const checked: Checked[] = []
  for (const planned of planAt(project.history.migrations, indices, context)) {
    await say(`planning ${planned.source.id}`)
    const next = canRewrite(planned) ? `npx expand-contract rewrite ${shell(planned.source.id)}` : undefined
    checked.push(asChecked(planned, planned.plan.refusals, context, next))
  }
  return checked
}

/** Where an answer is all that is missing, `rewrite` asks for it. */
function canRewrite({ plan }: Planned): boolean {
  return plan.refusals.every((r) => r.question !== undefined)
}

async function checkLoose(history: readonly SourceMigration[], context: Context, say: Say): Promise<Checked[]> {
  const checked: Checked[] = []
  for (const planned of planAt(history, [...history.keys()], context)) {
    await say(`planning ${planned.source.id}`)
    // Nothing rewrites a file that no ORM knows: what stands in the way of a rewrite is of no use here, only what to do by hand.
    const refusals = planned.plan.refusals.filter((r) => r.hazards.every((h) => hazards.get(h.code)?.strategy === undefined))
    checked.push(asChecked(planned, refusals, context, undefined))
  }
  return checked
}

function asChecked({ source, migration, plan }: Planned, refusals: Plan['refusals'], { io }: Context, next: string | undefined): Checked {
  const { hazards } = plan
  return { id: source.id, file: shownPath(source.path, io.cwd), plan: { hazards, refusals }, unreadable: migration.script.unreadable, next }
}

/** Files of one folder are one history, in the order of their names. */
function looseHistories(loose: readonly SourceMigration[]): Map<string, SourceMigration[]> {
  const byFolder = new Map<string, SourceMigration[]>()
  for (const migration of loose) {
    const folder = path.dirname(migration.path)
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), migration])
  }
  return byFolder
}

function notes(histories: ReadonlyMap<string, readonly SourceMigration[]>, { io }: Context): string[] {
  return [...histories].map(([folder, { length, 0: first }]) => {
    const what = length === 1 && first ? shownPath(first.path, io.cwd) : `${length} files of ${shownPath(folder, io.cwd)}`
    const order = length === 1 ? '' : ' in the order of the names'
    return `${what}: no Prisma or Drizzle project, read as a history of its own${order}. Tables that it does not create are taken to exist and to hold rows.`
  })
}
