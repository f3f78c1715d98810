import { UserError } from '@expand-contract/core'
import type { KeptSize } from '@expand-contract/postgres'
import { liveUrl } from '../deploy/url.ts'
import { EXIT } from '../exit.ts'
import type { Io } from '../io.ts'
import { openPlan } from '../plan/find-plan.ts'
import { openProjects } from '../project/discover.ts'
import { onlyProject } from '../project/pick.ts'
import { json } from '../report/json.ts'
import { keptText } from '../report/kept-text.ts'
import { count } from '../report/style.ts'
import { openContext } from './context.ts'

export interface CleanFlags {
  readonly project?: readonly string[]
  readonly database?: string
  /** Days. */
  readonly olderThan?: number
  readonly dryRun?: true
  readonly yes?: true
  readonly format: 'text' | 'json'
}

/** Days that something is kept where nobody says otherwise. */
const DAYS = 30

/** `expand-contract clean [plan]` */
export async function clean(target: string | undefined, flags: CleanFlags, io: Io): Promise<number> {
  const context = await openContext(io, {})
  const projects = await openProjects(io.cwd, context.config, flags.project)
  const named = target === undefined ? undefined : await openPlan(projects, target, io.cwd)
  const project = named?.project ?? onlyProject(projects, io.cwd)
  const url = liveUrl(flags.database, project.layout.urlVariables ?? [], io)
  const days = flags.olderThan ?? context.config.config.keepDays ?? DAYS
  const { listKept, removeKept, withTwo } = await import('@expand-contract/postgres')
  return withTwo(url, async (client) => {
    const all = await listKept(client, named?.plan.id)
    const due = all.filter((kept) => kept.days >= days)
    const end = async (removed: readonly KeptSize[]): Promise<number> => {
      if (flags.format === 'json') io.out(json({ version: 1, kept: all, removed: removed.map(({ name }) => name) }))
      else if (removed.length > 0) io.out(`Removed ${count(removed.length, 'thing')} for good.\n`)
      return EXIT.ok
    }
    if (flags.format === 'text') io.out(listText(all, days))
    if (flags.dryRun || due.length === 0) return end([])
    if (!flags.yes && !io.prompts) {
      throw new UserError('What is removed can never be restored, so it takes a word of yours: npx expand-contract clean --yes')
    }
    if (!flags.yes && !(await io.prompts?.confirm(`Remove ${count(due.length, 'thing')} for good?`))) return EXIT.cancelled
    for (const kept of due) await removeKept(client, kept)
    return end(due)
  })
}

function listText(all: readonly KeptSize[], days: number): string {
  if (all.length === 0) return 'Nothing is kept in this database.\n'
  const lines = all.map((kept) => {
    const size = kept.how === 'restore point' ? '' : `, ${Math.ceil(kept.bytes / 1e6)} MB`
    return `${kept.days >= days ? 'due ' : 'kept'}  ${keptText(kept)}, by ${kept.plan}, ${count(kept.days, 'day')} ago${size}\n`
  })
  return `${lines.join('')}Due is what is ${count(days, 'day')} old or older.\n`
}
