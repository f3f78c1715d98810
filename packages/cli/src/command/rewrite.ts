import type { Intent, Plan, Refusal } from '@expand-contract/core'
import { isUntouched } from '@expand-contract/core'
import { EXIT } from '../exit.ts'
import { type AnswerFlags, answersOf } from '../flags/answers.ts'
import { refuseUnknownAnswers } from '../flags/unknown-answers.ts'
import type { Io } from '../io.ts'
import { isRewritten } from '../plan/rewritten.ts'
import { withProgress } from '../progress.ts'
import { openProjects } from '../project/discover.ts'
import { noSuchMigration, type Picked, pickMigration } from '../project/pick.ts'
import { type Planned, planOne } from '../project/planning.ts'
import { withSuggestion } from '../project/project.ts'
import { findingsText } from '../report/check-text.ts'
import { shownPath } from '../report/path.ts'
import { planText } from '../report/plan-text.ts'
import { questionsText } from '../report/questions-text.ts'
import { type Context, openContext } from './context.ts'
import { write } from './rewrite-write.ts'

export interface RewriteFlags extends AnswerFlags {
  readonly project?: readonly string[]
  readonly postgres?: number
  readonly dryRun?: true
  readonly yes?: true
}

/** `expand-contract rewrite [migration]` */
export async function rewrite(target: string | undefined, flags: RewriteFlags, io: Io): Promise<number> {
  const answers = answersOf(flags)
  const context = await openContext(io, flags)
  const projects = await withProgress(io, async (say) => {
    await say('reading migrations')
    return openProjects(io.cwd, context.config, flags.project)
  })
  const before = target === undefined ? undefined : await isRewritten(projects, target)
  if (before) {
    io.out(`Nothing to rewrite: ${before.id} was rewritten before. Its plan is ${shownPath(before.file, io.cwd)}\n`)
    return EXIT.ok
  }
  const picked = pickMigration(projects, target, io.cwd)
  if (!picked) throw noSuchMigration(projects, target ?? '', io.cwd)
  const first = planPicked(picked, answers, context)
  refuseUnknownAnswers(answers, first.migration)
  if (isUntouched(first.plan)) {
    io.out(`Nothing to rewrite: ${first.source.id} has no hazard.\n`)
    return EXIT.ok
  }
  const file = shownPath(first.source.path, io.cwd)
  if (!canAsk(first.plan, context)) {
    io.out(
      `${findingsText(
        file,
        first.plan.hazards,
        first.plan.refusals.filter((r) => !r.question),
        context.style,
      )}\n`,
    )
    if (first.plan.refusals.length > 0) return refuse(first.plan, picked, context)
  } else io.out(`${findingsText(file, first.plan.hazards, [], context.style)}\n\n`)
  const { plan } = await answered(first, picked, answers, context)
  if (plan.refusals.length > 0) {
    io.out(`${findingsText(file, plan.hazards, plan.refusals, context.style)}\n`)
    return refuse(plan, picked, context)
  }
  io.out(`\n${planText(plan, context.style)}\n`)
  return write(plan, picked, flags, context)
}

function planPicked({ project, index }: Picked, answers: readonly Intent[], context: Context): Planned {
  return planOne(project.history.migrations, index, { ...context, answers })
}

/** A person is there, and answers are all that is missing. */
function canAsk(plan: Plan, { io }: Context): boolean {
  return io.prompts !== undefined && plan.refusals.length > 0 && plan.refusals.every((r) => r.question !== undefined)
}

/** Asks one question after the other and plans anew, for an answer may settle other questions or raise new ones. */
async function answered(first: Planned, picked: Picked, answers: readonly Intent[], context: Context): Promise<Planned> {
  const given = [...answers]
  let planned = first
  for (const asked = new Set<string>(); canAsk(planned.plan, context); planned = planPicked(picked, given, context)) {
    const question = planned.plan.refusals[0]?.question
    if (!question || !context.io.prompts) break
    const key = JSON.stringify([question.kind, question.table, question.column])
    if (asked.has(key)) throw new Error(`the answer to ${key} changed nothing`)
    asked.add(key)
    const { askQuestion } = await import('../prompt/ask.ts')
    given.push(await askQuestion(await withSuggestion(question, picked.project), context.io.prompts))
  }
  return planned
}

/** What stands in the way is already said; open questions are printed with their flags. */
async function refuse(plan: Plan, { project }: Picked, { io, style }: Context): Promise<number> {
  const open = plan.refusals.filter((r): r is Refusal & Required<Pick<Refusal, 'question'>> => r.question !== undefined)
  const questions = await Promise.all(open.map((r) => withSuggestion(r.question, project)))
  if (questions.length > 0) io.out(`\n${questionsText(questions, plan.id, style)}\n`)
  io.out('\nNothing was written.\n')
  return EXIT.findings
}
