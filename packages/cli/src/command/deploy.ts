import type { DeployEvent, Keep } from '@expand-contract/postgres'
import { outstanding, readPlans } from '../deploy/pending.ts'
import { liveUrl, schemaIn } from '../deploy/url.ts'
import { whoRuns } from '../deploy/who.ts'
import { EXIT } from '../exit.ts'
import type { Io } from '../io.ts'
import { planStates } from '../plan/plan-state.ts'
import { withProgress } from '../progress.ts'
import { openProjects } from '../project/discover.ts'
import { onlyProject } from '../project/pick.ts'
import { deployedText, eventLine, failureText, sayingOf } from '../report/deploy-text.ts'
import { json } from '../report/json.ts'
import { openContext } from './context.ts'

export interface DeployFlags {
  readonly project?: readonly string[]
  readonly database?: string
  /** Seconds. */
  readonly patience: number
  /** Seconds. */
  readonly wait: number
  readonly keep?: Keep | 'none'
  readonly format: 'text' | 'json'
}

/** `expand-contract deploy` */
export async function deploy(flags: DeployFlags, io: Io): Promise<number> {
  const context = await openContext(io, {})
  const project = onlyProject(await openProjects(io.cwd, context.config, flags.project), io.cwd)
  const { adapter, layout, history } = project
  const url = liveUrl(flags.database, layout.urlVariables ?? [], io)
  const plans = await readPlans(project)
  const records = await adapter.records(history, schemaIn(url))
  const postgres = await import('@expand-contract/postgres')
  const applied: string[] = []
  let failure: Error | undefined
  await withProgress(io, async (say) => {
    const onEvent = (event: DeployEvent): void => {
      if (event.kind === 'applied') applied.push(event.migration)
      const line = flags.format === 'text' ? eventLine(event, context.style) : undefined
      // The line that moves is drawn on the same terminal.
      if (line !== undefined) io.progress?.write('\r\u001b[K')
      if (line !== undefined) io.out(`${line}\n`)
      const saying = sayingOf(event)
      if (saying !== undefined) void say(saying)
    }
    const pending = async (rows: Parameters<typeof outstanding>[2]) => {
      const { pending, ahead } = await outstanding(project, plans, rows)
      if (ahead.length > 0) io.err(`Note: the database has applied what is not in the folder: ${ahead.join(', ')}.\n`)
      return pending
    }
    const input = { records, sending: layout.sending ?? 'query', pending, by: whoRuns(), onEvent }
    const how = flags.keep ?? context.config.config.keep
    const keep = how === undefined || how === 'none' ? {} : { keep: how }
    const times = { patience: flags.patience * 1000, wait: flags.wait * 1000 }
    await postgres
      .withTwo(url, (client, watcher) => postgres.deploy(client, watcher, { ...input, ...times, ...keep }))
      .catch((error: unknown) => {
        if (!(error instanceof postgres.StepFailure || error instanceof postgres.MigrationFailure)) throw error
        failure = error
      })
  })
  if (flags.format === 'json') io.out(json({ version: 1, applied, ...(failure && { failure: failure.message }) }))
  else if (failure) io.out(failureText(failure.message, context.style))
  else {
    const held = (await planStates(project)).filter(({ stage }) => stage === 'held')
    io.out(deployedText(applied.length, held.length, context.style))
  }
  return failure ? EXIT.findings : EXIT.ok
}
