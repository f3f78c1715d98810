import type { AllowedHazard, Hazard, Refusal } from '@expand-contract/core'
import type { Planned } from '../project/planning.ts'
import { type Checked, type CheckReport, isUnreadable, isWorthTelling, refusalsOf } from './check-report.ts'
import { place } from './place.ts'
import { allowanceProblems, type Problem } from './problems.ts'
import { type Style, sentence, wrap } from './style.ts'
import { summaryText } from './summary-text.ts'
import { unknownText } from './unknown-text.ts'

const INDENT = '    '

/** The report for people: grouped by migration, why each hazard hurts, what to do next, and counts at the end. `verbose` lists what people allow too. */
export function checkText(report: CheckReport, style: Style, verbose = false): string {
  const { checked, notes, unknown } = report
  const groups = checked.filter((c) => isWorthTelling(c) || (verbose && c.allowed.length > 0)).map((c) => group(c, style, verbose))
  const notices = notes.map((note) => wrap(style.paint.dim(note), style.width))
  const gaps = unknown.length > 0 ? [unknownText(unknown, style, verbose)] : []
  return [...groups, ...gaps, ...notices, summaryText(report, style)].map((part) => `${part}\n`).join('\n')
}

function group(checked: Checked, style: Style, verbose: boolean): string {
  const parts = [
    ...unreadableLines(checked, style),
    findingsText(checked.file, checked.plan.hazards, refusalsOf(checked), style),
    ...checked.problems.map((problem) => problemText(checked.file, problem, style)),
    ...(verbose ? checked.allowed.map((hazard) => allowedText(checked.file, hazard, style)) : []),
  ]
  const next = checked.next === undefined ? [] : [`${INDENT}${style.paint.green(`next: ${checked.next}`)}`]
  return [...parts, ...next].filter(Boolean).join('\n')
}

/** Hazards in source order; those that are refused stand together, with the reason and the exact next thing to do. Each kind is explained once. */
export function findingsText(file: string, hazards: readonly Hazard[], refusals: readonly Refusal[], style: Style): string {
  const refused = new Set(refusals.flatMap((r) => r.hazards))
  const alone = hazards.filter((h) => !refused.has(h)).map((h) => ({ line: h.line, column: h.column, hazards: [h], refusal: undefined }))
  const together = refusals.map((refusal) => ({
    line: refusal.line,
    column: refusal.hazards[0]?.column ?? 1,
    hazards: refusal.hazards,
    refusal,
  }))
  const told = new Set<string>()
  return [...alone, ...together]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .flatMap(({ hazards: some, refusal }) => [
      ...some.flatMap((h) => hazardLines(file, h, told, style)),
      ...(refusal ? refusalLines(file, refusal, style) : []),
    ])
    .join('\n')
}

/** What stands in a migration's comments: hazards that are allowed, and allowances that are none; empty where nothing does. */
export function asideText(file: string, { migration, plan }: Pick<Planned, 'migration' | 'plan'>, style: Style): string {
  const problems = allowanceProblems(migration.script, plan).map((problem) => problemText(file, problem, style))
  return [...problems, ...(plan.allowed ?? []).map((hazard) => allowedText(file, hazard, style))].join('\n')
}

/** `path:12:1  code  User.name  ACCESS EXCLUSIVE`, and the first time why it hurts. */
function hazardLines(file: string, hazard: Hazard, told: Set<string>, { paint, width }: Style): string[] {
  const head = [paint.bold(place(file, hazard)), paint.red(hazard.code), paint.cyan(hazard.on)]
  const line = [...head, ...(hazard.lock ? [paint.yellow(hazard.lock)] : [])].join('  ')
  if (told.has(hazard.code)) return [line]
  told.add(hazard.code)
  return [line, wrap(sentence(hazard.why), width, INDENT)]
}

function refusalLines(file: string, { hazards, reason, fix, question, line }: Refusal, { paint, width }: Style): string[] {
  const label = question ? 'needs an answer' : 'not rewritten'
  const head = hazards.length === 0 ? [`${paint.bold(place(file, { line }))}  ${paint.magenta(label)}`] : []
  // Where nothing rewrites a kind of hazard, the reason is the hazard's own sentence: said once.
  const said = hazards.some((h) => reason.includes(h.why)) ? '' : reason
  const text = wrap([...(hazards.length > 0 ? [`${label}:`] : []), ...(said ? [said] : []), fix].join(' '), width, INDENT)
  return [...head, hazards.length > 0 ? text.replace(`${label}:`, paint.magenta(`${label}:`)) : text]
}

function problemText(file: string, { notice, ...problem }: Problem, { paint, width }: Style): string {
  const code = notice ? paint.yellow(problem.code) : paint.red(problem.code)
  const head = `${paint.bold(place(file, problem))}  ${code}  ${paint.cyan(problem.on)}`
  return [head, wrap(`${sentence(problem.what)} ${problem.fix}`, width, INDENT)].join('\n')
}

function allowedText(file: string, hazard: AllowedHazard, { paint, width }: Style): string {
  const head = [paint.bold(place(file, hazard)), paint.green('allowed'), hazard.code, paint.cyan(hazard.on)].join('  ')
  return [
    head,
    wrap(paint.dim(hazard.allowedOn === undefined ? hazard.reason : `line ${hazard.allowedOn}: ${hazard.reason}`), width, INDENT),
  ].join('\n')
}

function unreadableLines(checked: Checked, { paint, width }: Style): string[] {
  const { file, unreadable } = checked
  if (!unreadable || !isUnreadable(checked)) return []
  return [
    `${paint.bold(place(file, unreadable))}  ${paint.magenta('not read')}`,
    wrap(`PostgreSQL 18's grammar does not accept this: ${unreadable.message}.`, width, INDENT),
    wrap('Nothing in this file could be judged, and what later migrations rest on is not known. Mend the statement.', width, INDENT),
  ]
}
