import type { Hazard, Refusal } from '@expand-contract/core'
import { type Checked, type CheckReport, type CheckSummary, hasFindings, refusalsOf, summaryOf } from './check-report.ts'
import { count, type Style, sentence, wrap } from './style.ts'

const INDENT = '    '

/** The report for people: grouped by migration, why each hazard hurts, what to do next, and counts at the end. */
export function checkText({ checked, notes }: CheckReport, style: Style): string {
  const groups = checked.filter(hasFindings).map((c) => group(c, style))
  const notices = notes.map((note) => wrap(style.paint.dim(note), style.width))
  return [...groups, ...notices, summaryLine(summaryOf(checked), style)].map((part) => `${part}\n`).join('\n')
}

function group(checked: Checked, style: Style): string {
  const parts = [...unreadableLines(checked, style), findingsText(checked.file, checked.plan.hazards, refusalsOf(checked), style)]
  const next = checked.next === undefined ? [] : [`${INDENT}${style.paint.green(`next: ${checked.next}`)}`]
  return [...parts, ...next].filter(Boolean).join('\n')
}

/** Hazards in source order; those that are refused stand together, with the reason and the exact next thing to do. Each kind is explained once. */
export function findingsText(file: string, hazards: readonly Hazard[], refusals: readonly Refusal[], style: Style): string {
  const refused = new Set(refusals.flatMap((r) => r.hazards))
  const alone = hazards.filter((h) => !refused.has(h)).map((h) => ({ line: h.line, hazards: [h], refusal: undefined }))
  const together = refusals.map((refusal) => ({ line: refusal.line, hazards: refusal.hazards, refusal }))
  const told = new Set<string>()
  return [...alone, ...together]
    .sort((a, b) => a.line - b.line)
    .flatMap(({ hazards: some, refusal }) => [
      ...some.flatMap((h) => hazardLines(file, h, told, style)),
      ...(refusal ? refusalLines(file, refusal, style) : []),
    ])
    .join('\n')
}

/** `path:12  code  User.name  ACCESS EXCLUSIVE`, and the first time why it hurts. */
function hazardLines(file: string, hazard: Hazard, told: Set<string>, { paint, width }: Style): string[] {
  const head = [paint.bold(`${file}:${hazard.line}`), paint.red(hazard.code), paint.cyan(hazard.on)]
  const line = [...head, ...(hazard.lock ? [paint.yellow(hazard.lock)] : [])].join('  ')
  if (told.has(hazard.code)) return [line]
  told.add(hazard.code)
  return [line, wrap(sentence(hazard.why), width, INDENT)]
}

function refusalLines(file: string, { hazards, reason, fix, question, line }: Refusal, { paint, width }: Style): string[] {
  const label = question ? 'needs an answer' : 'not rewritten'
  const head = hazards.length === 0 ? [`${paint.bold(`${file}:${line}`)}  ${paint.magenta(label)}`] : []
  // Where nothing rewrites a kind of hazard, the reason is the hazard's own sentence: said once.
  const said = hazards.some((h) => reason.includes(h.why)) ? '' : reason
  const text = wrap([...(hazards.length > 0 ? [`${label}:`] : []), ...(said ? [said] : []), fix].join(' '), width, INDENT)
  return [...head, hazards.length > 0 ? text.replace(`${label}:`, paint.magenta(`${label}:`)) : text]
}

function unreadableLines({ file, unreadable }: Checked, { paint, width }: Style): string[] {
  if (!unreadable) return []
  return [
    `${paint.bold(`${file}:${unreadable.line}`)}  ${paint.magenta('not read')}`,
    wrap(`PostgreSQL 18's grammar does not accept this: ${unreadable.message}.`, width, INDENT),
    wrap('Nothing in this file could be judged, and what later migrations rest on is not known. Mend the statement.', width, INDENT),
  ]
}

function summaryLine(summary: CheckSummary, { paint, width }: Style): string {
  const looked = count(summary.migrations, 'migration')
  if (summary.withFindings === 0) return paint.green(`No hazard in ${looked}.`)
  const found = [
    count(summary.hazards, 'hazard'),
    ...(summary.refusals > 0
      ? [`${count(summary.refusals, 'place')} that can't be rewritten as ${summary.refusals === 1 ? 'it is' : 'they are'}`]
      : []),
    ...(summary.unreadable > 0 ? [`${count(summary.unreadable, 'file')} that can't be read`] : []),
  ]
  return `${paint.bold(`${found.join(', ')}, in ${summary.withFindings} of ${looked}.`)}\n${wrap('What a hazard means: npx expand-contract explain <hazard>', width)}`
}
