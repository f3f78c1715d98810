import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Catalog, hazards, type Plan } from '@expand-contract/core'
import type { Known } from '../baseline/known.ts'
import { shell } from '../flags/answers.ts'
import type { Given } from '../given/given.ts'
import type { Say } from '../progress.ts'
import { type Planned, planAt } from '../project/planning.ts'
import { lossesOf } from '../project/project.ts'
import type { Checked } from '../report/check-report.ts'
import { type Gap, type Unknown, unknownIn } from '../report/incomplete.ts'
import { shownPath } from '../report/path.ts'
import { allowanceProblems, lossProblems } from '../report/problems.ts'
import type { CheckSubject } from './check-subjects.ts'
import type { Context } from './context.ts'

/** What else is known when a history is checked. */
export interface CheckWith {
  readonly given: Given | undefined
  readonly known: Known | undefined
}

/** Checks the chosen migrations of one history. */
export async function checkSubject(
  subject: CheckSubject,
  context: Context,
  { given, known }: CheckWith,
  say: Say,
): Promise<{ checked: Checked[]; unknown: Unknown[] }> {
  const { project, folder, migrations, indices } = subject
  const checked: Checked[] = []
  const gaps = new Map<string, Gap>()
  let after: Catalog | undefined
  const steps = project && existsSync(project.layout.plans) ? await (await import('../plan/own-migrations.ts')).stepsIn(project) : undefined
  const sending = project?.history.layout.sending
  for (const planned of planAt(migrations, indices, { ...context, given: given?.schema, sending, steps })) {
    await say(`planning ${planned.source.id}`)
    const losses = project ? await lossesOf(project, planned.source) : []
    const one = asChecked(planned, project !== undefined, [...lossProblems(planned.migration.script, losses)], context)
    const name = project ? planned.source.id : path.basename(planned.source.path)
    checked.push(known ? known.hide(one, planned, { folder, name }) : one)
    after = planned.migration.after
    // A table that was dropped since is known again, but what rested on it is still reported. Where the schema is given only what is left counts.
    if (!given?.schema && planned.plan.refusals.some((r) => r.incomplete)) note(gaps, planned.migration.before, after)
  }
  if (after) note(gaps, after)
  const unknown = unknownIn([...gaps.values()], migrations, checked, context.io.cwd)
  // Files of no project are not expected to make the tables that they change, and a note says so.
  return { checked, unknown: project ? unknown : unknown.filter((u) => u.table === null || u.restingOnIt.length > 0) }
}

function note(gaps: Map<string, Gap>, ...catalogs: readonly Catalog[]): void {
  for (const { incomplete } of catalogs) for (const [key, gap] of incomplete) gaps.set(JSON.stringify([key, gap.since]), [key, gap])
}

function asChecked({ source, migration, plan }: Planned, isOfProject: boolean, problems: Checked['problems'], { io }: Context): Checked {
  const refusals = isOfProject ? plan.refusals : plan.refusals.filter(isByHand)
  return {
    id: source.id,
    file: shownPath(source.path, io.cwd),
    plan: { hazards: plan.hazards, refusals },
    allowed: plan.allowed ?? [],
    problems: [...allowanceProblems(migration.script, plan), ...problems],
    unreadable: migration.script.unreadable,
    next: isOfProject && canRewrite(plan) ? `npx expand-contract rewrite ${shell(source.id)}` : undefined,
    hidden: 0,
  }
}

/** Nothing rewrites a file that no ORM knows: what stands in the way of a rewrite is of no use there, only what to do by hand. */
function isByHand({ hazards: found }: Plan['refusals'][number]): boolean {
  return found.every((h) => hazards.get(h.code)?.strategy === undefined)
}

/** Where an answer is all that is missing, `rewrite` asks for it. */
function canRewrite({ hazards: found, refusals }: Plan): boolean {
  return found.length > 0 && refusals.every((r) => r.question !== undefined)
}
