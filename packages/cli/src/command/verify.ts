import { isUntouched } from '@expand-contract/core'
import type { Server, Verdict } from '@expand-contract/postgres'
import { EXIT } from '../exit.ts'
import type { Io } from '../io.ts'
import { type Say, withProgress } from '../progress.ts'
import { openProjects } from '../project/discover.ts'
import { findingsText } from '../report/check-text.ts'
import { json } from '../report/json.ts'
import { shownPath } from '../report/path.ts'
import { holds, verdictText } from '../report/verdict-text.ts'
import { type Context, databaseUrl, openContext } from './context.ts'
import { type Subject, subjects } from './verify-subjects.ts'

export interface VerifyFlags {
  readonly project?: readonly string[]
  readonly postgres?: number
  readonly database?: string
  readonly format: 'text' | 'json'
}

/** `expand-contract verify [plan]` */
export async function verify(target: string | undefined, flags: VerifyFlags, io: Io): Promise<number> {
  const context = await openContext(io, flags)
  const url = databaseUrl(context, flags.database)
  const projects = await openProjects(io.cwd, context.config, flags.project)
  const all = await subjects(projects, target, context)
  const refused = all.filter(({ plan }) => plan.refusals.length > 0)
  const provable = all.filter(({ plan }) => plan.refusals.length === 0 && plan.hazards.length > 0)
  const verdicts =
    provable.length > 0 ? await withProgress(io, (say) => prove(provable, { version: flags.postgres, url }, context, say)) : []
  if (flags.format === 'json') {
    io.out(json({ version: 1, verdicts, refused: refused.map(({ plan }) => ({ plan: plan.id, refusals: plan.refusals })) }))
  } else {
    const idle = all.filter(({ plan }) => isUntouched(plan)).map(({ plan }) => `${plan.id} has no hazard: there is nothing to prove.`)
    io.out(
      `${[...verdicts.map((v) => verdictText(v, context.style)), ...refused.map((s) => refusedText(s, context)), ...idle].join('\n\n')}\n`,
    )
  }
  return verdicts.every(holds) && refused.length === 0 ? EXIT.ok : EXIT.findings
}

function refusedText({ plan, file }: Subject, { io, style }: Context): string {
  const why = `${plan.id} can't be rewritten as it is, so there is nothing to prove yet.`
  return `${findingsText(shownPath(file, io.cwd), plan.hazards, plan.refusals, style)}\n\n${why}`
}

/** One server for all plans; it is stopped whatever happens. */
async function prove(
  all: readonly Subject[],
  wanted: { readonly version: number | undefined; readonly url: string | undefined },
  { config }: Context,
  say: Say,
): Promise<Verdict[]> {
  const { installedVersions, startServer, verifyPlan } = await import('@expand-contract/postgres')
  // The configured version is the one that production runs: it is the better judge, where it is installed.
  const usual = config.config.postgres
  const version =
    wanted.version ?? (wanted.url === undefined && usual !== undefined && installedVersions().includes(usual) ? usual : undefined)
  await say('starting PostgreSQL')
  const server: Server = await startServer({
    ...(version !== undefined && { version }),
    ...(wanted.url !== undefined && { url: wanted.url }),
  })
  try {
    const verdicts: Verdict[] = []
    for (const { plan, history, before, after, replan, warnings } of all) {
      const onProgress = (text: string): void => void say(`${plan.id}: ${text}`)
      const verdict = await verifyPlan({ plan, history, server, before, after, replan, onProgress })
      verdicts.push({ ...verdict, warnings: [...warnings, ...verdict.warnings] })
    }
    return verdicts
  } finally {
    await server.stop()
  }
}
