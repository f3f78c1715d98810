import { existsSync } from 'node:fs'
import { UserError } from '@expand-contract/core'
import type { Known } from '../baseline/known.ts'
import { EXIT } from '../exit.ts'
import { givesSchema, type SchemaFlags } from '../given/schema-flags.ts'
import type { Io } from '../io.ts'
import { type Say, withProgress } from '../progress.ts'
import { type Checked, type CheckReport, checkData, hasFindings } from '../report/check-report.ts'
import { checkText } from '../report/check-text.ts'
import type { Unknown } from '../report/incomplete.ts'
import { json } from '../report/json.ts'
import { wrap } from '../report/style.ts'
import { checkSubject } from './check-subject.ts'
import { type CheckSubject, checkSubjects, subjectNote } from './check-subjects.ts'
import { type Context, openContext } from './context.ts'

export interface CheckFlags extends SchemaFlags {
  readonly since?: string
  readonly newest?: true
  readonly all?: true
  readonly project?: readonly string[]
  readonly postgres?: number
  /** A file, true for the usual one, false for none; undefined: the usual one where it is there. */
  readonly baseline?: string | boolean
  readonly writeBaseline?: true
  readonly verbose?: true
  readonly format: 'text' | 'json'
}

/** `expand-contract check [paths...]` */
export async function check(paths: readonly string[], flags: CheckFlags, io: Io): Promise<number> {
  const takesSchema = givesSchema(flags)
  const context = await openContext(io, flags)
  const baseline = await import('./check-baseline.ts').then((m) => m.openBaseline(flags, context))
  const { report, subjects } = await withProgress(io, (say) => examine(paths, flags, context, { takesSchema, known: baseline?.known }, say))
  if (flags.writeBaseline && baseline) return baseline.write(subjects, flags.format)
  const told: CheckReport = { ...report, baseline: baseline?.used(subjects) }
  const lost = await lostOf(subjects)
  io.out(
    flags.format === 'json'
      ? json({ ...checkData(told), ...(lost.length > 0 && { lost }) })
      : `${checkText(told, context.style, flags.verbose)}${lost.map((text) => `\n${wrap(`${context.style.paint.red('✗')} ${text}`, io.width)}\n`).join('')}`,
  )
  return told.checked.some(hasFindings) || lost.length > 0 ? EXIT.findings : EXIT.ok
}

/** Contracts that a branch has lost: nothing would ever write them again. */
async function lostOf(subjects: readonly CheckSubject[]): Promise<string[]> {
  const projects = subjects.flatMap(({ project }) => (project && existsSync(project.layout.plans) ? [project] : []))
  if (projects.length === 0) return []
  const { lostContracts } = await import('../plan/plan-state.ts')
  return (await Promise.all(projects.map(lostContracts))).flat()
}

async function examine(
  paths: readonly string[],
  flags: CheckFlags,
  opened: Context,
  { takesSchema, known }: { readonly takesSchema: boolean; readonly known: Known | undefined },
  say: Say,
): Promise<{ report: Omit<CheckReport, 'baseline'>; subjects: readonly CheckSubject[] }> {
  await say('reading migrations')
  const subjects = await checkSubjects(paths, flags, opened)
  if (takesSchema) await say('reading the schema')
  const given = takesSchema ? await (await import('../given/given.ts')).readGiven(flags, theOnly(subjects), opened) : undefined
  const context = given?.context ?? opened
  const checked: Checked[] = []
  const unknown: Unknown[] = []
  for (const subject of subjects) {
    const found = await checkSubject(subject, context, { given, known }, say)
    checked.push(...found.checked)
    unknown.push(...found.unknown)
  }
  const notes = subjects.map((subject) => subjectNote(subject, context)).filter((note) => note !== undefined)
  return { report: { checked, unknown, notes: [...notes, ...(given?.notes ?? [])], postgres: context }, subjects }
}

/** A schema belongs to one history. */
function theOnly(subjects: readonly CheckSubject[]): CheckSubject {
  const [only, ...more] = subjects
  if (only && more.length === 0) return only
  throw new UserError(
    `--database and --schema-dump give the schema of one project, and there are ${subjects.length} here. Name the one that is meant: --project <folder>`,
  )
}
