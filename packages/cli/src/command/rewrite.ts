import { existsSync } from 'node:fs'
import type { Intent, Plan, Refusal } from '@expand-contract/core'
import { type GivenSchema, isUntouched, UserError } from '@expand-contract/core'
import { EXIT } from '../exit.ts'
import { type AnswerFlags, answersOf } from '../flags/answers.ts'
import { refuseUnknownAnswers } from '../flags/unknown-answers.ts'
import type { Given } from '../given/given.ts'
import { givesSchema, type SchemaFlags } from '../given/schema-flags.ts'
import type { Io } from '../io.ts'
import { isRewritten } from '../plan/rewritten.ts'
import { withProgress } from '../progress.ts'
import { openProjects } from '../project/discover.ts'
import { noSuchMigration, type Picked, pickMigration } from '../project/pick.ts'
import { type Planned, planOne } from '../project/planning.ts'
import { withSuggestion } from '../project/project.ts'
import { asideText, findingsText } from '../report/check-text.ts'
import { shownPath } from '../report/path.ts'
import { planText } from '../report/plan-text.ts'
import { questionsText } from '../report/questions-text.ts'
import { wrap } from '../report/style.ts'
import { type Context, openContext } from './context.ts'
import { write } from './rewrite-write.ts'

export interface RewriteFlags extends AnswerFlags, SchemaFlags {
  readonly project?: readonly string[]
  readonly postgres?: number
  readonly dryRun?: true
  readonly yes?: true
}

/** `expand-contract rewrite [migration]` */
export async function rewrite(target: string | undefined, flags: RewriteFlags, io: Io): Promise<number> {
  const answers = answersOf(flags)
  const takesSchema = givesSchema(flags)
  const opened = await openContext(io, flags)
  const projects = await withProgress(io, async (say) => {
    await say('reading migrations')
    return openProjects(io.cwd, opened.config, flags.project)
  })
  const before = target === undefined ? undefined : await isRewritten(projects, target)
  if (before) {
    io.out(`Nothing to rewrite: ${before.id} was rewritten before. Its plan is ${shownPath(before.file, io.cwd)}\n`)
    return EXIT.ok
  }
  const picked = pickMigration(projects, target, io.cwd)
  if (!picked) throw noSuchMigration(projects, target ?? '', io.cwd)
  const owned = existsSync(picked.project.layout.plans)
    ? await (await import('./rewrite-owned.ts')).takeOutOwned(picked, flags, opened)
    : undefined
  if (owned !== undefined) return owned
  const given = takesSchema ? await givenFor(picked, flags, opened) : undefined
  const context = { ...(given?.context ?? opened), given: given?.schema }
  const first = planPicked(picked, answers, context)
  refuseUnknownAnswers(answers, first.migration)
  const file = shownPath(first.source.path, io.cwd)
  for (const note of given?.notes ?? []) io.out(`${wrap(context.style.paint.dim(note), context.style.width)}\n`)
  const aside = asideText(file, first, context.style)
  if (aside) io.out(`${aside}\n\n`)
  if (isUntouched(first.plan)) {
    const why = first.plan.allowed ? 'all its hazards are allowed with a reason' : 'it has no hazard'
    io.out(`Nothing to rewrite: ${first.source.id} stays as it is, ${why}.\n`)
    return EXIT.ok
  }
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
  const assumed = given?.schema ? { ...plan, assumes: given.notes } : plan
  io.out(`\n${planText(assumed, context.style)}\n`)
  return write(assumed, picked, flags, context)
}

/** The schema that the flags give. Throws {@link UserError} where the migration is applied in that database: its files may not change any more. */
async function givenFor({ project, index }: Picked, flags: RewriteFlags, context: Context): Promise<Given> {
  const { migrations } = project.history
  const given = await (await import('../given/given.ts')).readGiven(flags, { project, migrations }, context)
  if (index >= given.at) return given
  throw new UserError(
    `${given.notes[0]} ${migrations[index]?.id} is before that, so it is applied there already: an ORM refuses or repeats a migration whose files have changed. Rewrite one that is not applied yet.`,
  )
}

type Planning = Context & { readonly given: GivenSchema | undefined }

function planPicked({ project, index }: Picked, answers: readonly Intent[], context: Planning): Planned {
  return planOne(project.history.migrations, index, { ...context, answers, sending: project.history.layout.sending })
}

/** A person is there, and answers are all that is missing. */
function canAsk(plan: Plan, { io }: Context): boolean {
  return io.prompts !== undefined && plan.refusals.length > 0 && plan.refusals.every((r) => r.question !== undefined)
}

/** Asks one question after the other and plans anew, for an answer may settle other questions or raise new ones. */
async function answered(first: Planned, picked: Picked, answers: readonly Intent[], context: Planning): Promise<Planned> {
  const given = [...answers]
  let planned = first
  for (const asked = new Set<string>(); canAsk(planned.plan, context); planned = planPicked(picked, given, context)) {
    const question = planned.plan.refusals[0]?.question
    if (!question || !context.io.prompts) break
    const { kind } = question
    const key =
      kind === 'value' ? JSON.stringify([kind, question.type, question.value]) : JSON.stringify([kind, question.table, question.column])
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
