import type { Line } from '@expand-contract/postgres'
import { outstanding, readPlans } from '../deploy/pending.ts'
import { liveUrl, schemaIn } from '../deploy/url.ts'
import { EXIT } from '../exit.ts'
import type { Io } from '../io.ts'
import { openProjects } from '../project/discover.ts'
import { onlyProject } from '../project/pick.ts'
import { json } from '../report/json.ts'
import { count, type Style, wrap } from '../report/style.ts'
import { openContext } from './context.ts'

export interface DoctorFlags {
  readonly project?: readonly string[]
  readonly database?: string
  readonly format: 'text' | 'json'
}

/** `expand-contract doctor` */
export async function doctor(flags: DoctorFlags, io: Io): Promise<number> {
  const context = await openContext(io, {})
  const project = onlyProject(await openProjects(io.cwd, context.config, flags.project), io.cwd)
  const url = liveUrl(flags.database, project.layout.urlVariables ?? [], io)
  const plans = await readPlans(project)
  const records = await project.adapter.records(project.history, schemaIn(url))
  const { examine, peekOwnTable, withTwo } = await import('@expand-contract/postgres')
  const lines = await withTwo(url, async (client, watcher) => {
    if (records.searchPath !== undefined) await client.query(`SET search_path = ${records.searchPath}`)
    const { pending } = await outstanding(project, plans, await peekOwnTable(client, records))
    const steps = pending.flatMap(({ planned }) => (planned ? [planned.step] : []))
    return examine(client, watcher, steps)
  })
  io.out(flags.format === 'json' ? json({ version: 1, lines }) : doctorText(lines, context.style))
  return lines.some((l) => l.finding !== undefined) ? EXIT.findings : EXIT.ok
}

const HEADS: Readonly<Record<Line['when'], string>> = {
  before: 'Before a deploy',
  during: 'What it will do',
  after: 'What earlier deploys left',
}

function doctorText(lines: readonly Line[], { paint, width }: Style): string {
  const shown = lines.map(({ when, about, says, finding }, i) => {
    const head = lines[i - 1]?.when === when ? '' : `${i > 0 ? '\n' : ''}${paint.bold(HEADS[when])}\n`
    const mark = finding === undefined ? paint.green('ok     ') : paint.red('finding')
    const why = finding === undefined ? '' : `\n${wrap(finding, width, '         ')}`
    return `${head}${mark}  ${paint.bold(about)}: ${says}${why}`
  })
  const found = lines.filter((l) => l.finding !== undefined).length
  const end = found === 0 ? 'Nothing stands in the way.' : `${count(found, 'finding')}: mend what can be mended before the deploy.`
  return `${shown.join('\n')}\n\n${end}\n`
}
