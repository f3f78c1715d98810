import type { Verdict } from '@expand-contract/postgres'
import { count, type Style, wrap } from './style.ts'

/** True where no law is broken. */
export function holds(verdict: Verdict): boolean {
  return verdict.laws.every((law) => law.status !== 'broken')
}

/** The verdict for people: each law, what was exercised for it, and every finding. */
export function verdictText(verdict: Verdict, style: Style): string {
  const { paint, width } = style
  const head = `${paint.bold(verdict.plan)}  ${paint.dim(`on PostgreSQL ${verdict.postgres}`)}`
  const laws = verdict.laws.map((law) => {
    const status = { held: paint.green, broken: paint.red, 'not exercised': paint.yellow }[law.status](law.status.padEnd(13))
    const exercised = law.exercised > 0 ? paint.dim(` (${law.exercised} exercised)`) : ''
    const findings = law.findings.map((f) => wrap(paint.red(f), width, '       '))
    return [`  ${status}  ${law.name}${exercised}`, wrap(paint.dim(law.what), width, '       '), ...findings].join('\n')
  })
  const warnings = verdict.warnings.map((w) => wrap(`${paint.yellow('warning')}  ${w}`, width, '  '))
  return [head, ...laws, ...warnings, `  ${conclusion(verdict, style)}`].join('\n')
}

function conclusion(verdict: Verdict, { paint }: Style): string {
  const broken = verdict.laws.filter((l) => l.status === 'broken').length
  if (broken > 0) return paint.red(`NOT PROVED: ${broken} of ${verdict.laws.length} laws broken. Do not deploy this.`)
  const exercised = verdict.laws.filter((l) => l.status === 'held').length
  if (exercised === 0) return paint.yellow('Nothing was exercised, so nothing is proved.')
  const idle = verdict.laws.length - exercised
  return paint.green(`Proved: ${count(exercised, 'law')} held${idle > 0 ? `, ${idle} had nothing to exercise` : ''}.`)
}
