import type { Restored } from '@expand-contract/postgres'
import { liveUrl } from '../deploy/url.ts'
import { EXIT } from '../exit.ts'
import type { Io } from '../io.ts'
import { openPlan } from '../plan/find-plan.ts'
import { openProjects } from '../project/discover.ts'
import { json } from '../report/json.ts'
import { keptText } from '../report/kept-text.ts'
import { count, type Style, wrap } from '../report/style.ts'
import { openContext } from './context.ts'

export interface RestoreFlags {
  readonly project?: readonly string[]
  readonly database?: string
  readonly overwrite?: true
  readonly format: 'text' | 'json'
}

/** `expand-contract restore <plan>` */
export async function restore(target: string, flags: RestoreFlags, io: Io): Promise<number> {
  const context = await openContext(io, {})
  const projects = await openProjects(io.cwd, context.config, flags.project)
  const { project, plan } = await openPlan(projects, target, io.cwd)
  const url = liveUrl(flags.database, project.layout.urlVariables ?? [], io)
  const { readKept, restoreKept, withTwo } = await import('@expand-contract/postgres')
  const restored = await withTwo(url, async (client, watcher) => {
    const all: Restored[] = []
    for (const kept of await readKept(client, plan.id)) all.push(await restoreKept(client, watcher, kept, flags.overwrite === true))
    return all
  })
  io.out(flags.format === 'json' ? json({ version: 1, restored }) : restoredText(plan.id, restored, context.style))
  return restored.every((r) => r.reason === undefined) ? EXIT.ok : EXIT.findings
}

function restoredText(plan: string, restored: readonly Restored[], { paint, width }: Style): string {
  if (restored.length === 0)
    return `Nothing of ${plan} is kept in this database: it was not deployed there with --keep, or clean has removed it.\n`
  return restored
    .map(({ kept, rows, reason }) => {
      const status = reason === undefined ? paint.green('restored') : paint.red('not restored')
      return `${status}  ${keptText(kept)}: ${count(rows, 'row')}\n${reason === undefined ? '' : `${wrap(reason, width, '  ')}\n`}`
    })
    .join('')
}
