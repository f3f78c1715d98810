import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Backfill, type Plan, UserError } from '@expand-contract/core'
import type { BackfillResult, Control, FillReport } from '@expand-contract/postgres'
import { serveMetrics } from '../backfill/metrics.ts'
import { askUrl } from '../backfill/probe-url.ts'
import { stepsAppliedIn } from '../deploy/applied.ts'
import { liveUrl } from '../deploy/url.ts'
import { EXIT } from '../exit.ts'
import type { Io } from '../io.ts'
import { type NamedPlan, writtenPlans } from '../plan/find-plan.ts'
import { readPlan } from '../plan/plan-files.ts'
import { withProgress } from '../progress.ts'
import { openProjects } from '../project/discover.ts'
import { checkedText, filledText, progressText } from '../report/backfill-text.ts'
import { openContext } from './context.ts'
import { stopSignals } from './stop-signals.ts'

export interface BackfillFlags {
  readonly project?: readonly string[]
  readonly database?: string
  readonly step?: string
  readonly workers: number
  readonly batch?: number
  readonly nice?: number
  readonly maxLag?: number
  readonly maxLagBytes?: number
  readonly maxTransaction?: number
  readonly probe?: string
  readonly probeUrl?: string
  readonly pauseFile?: string
  readonly metrics?: string
  readonly speed?: number
  readonly pause?: boolean
  readonly resume?: boolean
  readonly cancel?: boolean
  readonly verify?: boolean
  readonly json?: boolean
}

/** Milliseconds between two lines of progress where there is no terminal. */
const LINE = 10_000

/** `expand-contract backfill [plan]` */
export async function backfill(target: string | undefined, flags: BackfillFlags, io: Io): Promise<number> {
  const context = await openContext(io, {})
  const projects = await openProjects(io.cwd, context.config, flags.project)
  const { project, id } = pickPlan(await writtenPlans(projects), target)
  const plan = await readPlan(project.layout, id)
  const url = liveUrl(flags.database, project.layout.urlVariables ?? [], io)
  if (flags.verify) return verify(plan, url, flags, io)
  const byOrm = await stepsAppliedIn(project, plan, url, io)
  if (flags.pause || flags.resume || flags.cancel || flags.speed !== undefined) return steer(plan, url, byOrm, flags, io)
  const results = await fill(plan, url, byOrm, flags, io)
  if (flags.json) io.out(line({ event: 'end', results: results.map(({ step, result }) => ({ step: step.id, ...result })) }))
  else io.out(`${filledText(plan.id, results, context.style)}\n`)
  if (results.some(({ result }) => result.stopped)) return EXIT.cancelled
  return results.every(({ result }) => result.left === 0 && result.refused.length === 0) ? EXIT.ok : EXIT.findings
}

async function fill(
  plan: Plan,
  url: string,
  byOrm: ReadonlySet<string>,
  flags: BackfillFlags,
  io: Io,
): Promise<readonly { step: Backfill; result: BackfillResult }[]> {
  const { backfillDatabase, DEFAULT_LIMITS } = await import('@expand-contract/postgres')
  const { pauseFile, probeUrl } = flags
  const file = pauseFile === undefined ? undefined : path.resolve(io.cwd, pauseFile)
  const metrics = flags.metrics === undefined ? undefined : await serveMetrics(flags.metrics, plan.id)
  const signals = stopSignals()
  let shown = 0
  try {
    return await withProgress(io, (say) =>
      backfillDatabase({
        url,
        plan,
        byOrm,
        workers: flags.workers,
        signal: signals.stop,
        pauses: async () =>
          signals.isPaused()
            ? 'it is paused: SIGUSR2 lets it go on'
            : file !== undefined && existsSync(file)
              ? `it is paused: ${pauseFile} is there`
              : probeUrl === undefined
                ? undefined
                : await askUrl(probeUrl),
        ...(flags.step !== undefined && { step: flags.step }),
        ...(flags.batch !== undefined && { target: flags.batch }),
        ...(flags.probe !== undefined && { probe: flags.probe }),
        limits: {
          ...DEFAULT_LIMITS,
          ...(flags.maxLag !== undefined && { lagSeconds: flags.maxLag }),
          ...(flags.maxLagBytes !== undefined && { lagBytes: flags.maxLagBytes }),
          ...(flags.maxTransaction !== undefined && { oldestTransaction: flags.maxTransaction }),
          ...(flags.nice !== undefined && { nice: flags.nice }),
        },
        onReport: (report) => {
          metrics?.saw(report)
          if (flags.json) io.out(line(progressEvent(report)))
          else if (io.progress) void say(progressText(report))
          else if (performance.now() - shown > LINE) {
            shown = performance.now()
            io.err(`${progressText(report)}\n`)
          }
        },
      }),
    )
  } finally {
    signals.close()
    await metrics?.close()
  }
}

/** Tells the workers of a backfill, wherever they run, what to do. */
async function steer(plan: Plan, url: string, byOrm: ReadonlySet<string>, flags: BackfillFlags, io: Io): Promise<number> {
  const { opener, pendingBackfills, readSteps, openLedger, writeControl } = await import('@expand-contract/postgres')
  const client = await opener(url)()
  try {
    await openLedger(client)
    const steps = pendingBackfills(plan, await readSteps(client, plan.id), flags.step, byOrm)
    const wanted: Control['wanted'] | undefined = flags.cancel ? 'cancel' : flags.pause ? 'pause' : flags.resume ? 'run' : undefined
    const change = { ...(wanted && { wanted }), ...(flags.speed !== undefined && { speed: flags.speed }) }
    for (const step of steps) await writeControl(client, { plan: plan.id, step: step.id }, change)
    const what = { cancel: 'ends', pause: 'pauses', run: 'goes on' }[wanted ?? 'run']
    const speed = flags.speed === undefined ? '' : ` at ${Math.round(flags.speed * 100)} % of its speed`
    io.out(
      `${steps.map(({ title }) => `${title}: ${what}${speed} before its next batch.`).join('\n') || `${plan.id} has no backfill that is open.`}\n`,
    )
    return EXIT.ok
  } finally {
    await client.end()
  }
}

async function verify(plan: Plan, url: string, flags: BackfillFlags, io: Io): Promise<number> {
  const { checkRows, opener } = await import('@expand-contract/postgres')
  const steps = plan.stages.flatMap((stage) => stage.steps).filter((step): step is Backfill => step.kind === 'backfill')
  const wanted = flags.step === undefined ? steps.filter((step) => !step.once) : steps.filter((step) => step.id === flags.step)
  const client = await opener(url)()
  try {
    const checked = []
    for (const step of wanted) checked.push({ step, rows: await checkRows(client, plan, step) })
    if (flags.json) io.out(line({ event: 'verified', steps: checked.map(({ step, rows }) => ({ step: step.id, ...rows })) }))
    else io.out(`${checkedText(plan.id, checked)}\n`)
    return checked.every(({ rows }) => rows.different === 0) ? EXIT.ok : EXIT.findings
  } finally {
    await client.end()
  }
}

function pickPlan(written: readonly NamedPlan[], target: string | undefined): NamedPlan {
  const found = target === undefined ? written : written.filter(({ id }) => id === target || path.basename(target) === id)
  const near = found.length === 0 && target !== undefined ? written.filter(({ id }) => id.includes(target)) : found
  const [only, ...more] = near
  if (only && more.length === 0) return only
  const known = written.map(({ id }) => `  npx expand-contract backfill ${id}`).join('\n')
  throw new UserError(
    written.length === 0
      ? 'There is no plan here, so there is nothing to fill. Make one: npx expand-contract rewrite'
      : `${target === undefined ? 'There are several plans' : `${near.length === 0 ? 'No plan is' : 'Several plans are'} called ${target}`}: say which one.\n${known}`,
  )
}

function progressEvent({ step, ...report }: FillReport): object {
  return { event: 'progress', step: step.id, ...report }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`
}
