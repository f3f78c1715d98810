import type { ExplainedHazard } from '@expand-contract/core'
import { type Style, sentence, wrap } from './style.ts'

const HARMS = {
  lock: 'Reads or writes wait.',
  rewrite: 'The table is copied under the lock.',
  compatibility: 'Code that is running breaks.',
  data: 'Rows are lost or refused.',
} as const

/** One kind of hazard: what it is, why it hurts, what is done instead. */
export function explainText(hazard: ExplainedHazard, { paint, width }: Style): string {
  const rewritten = hazard.strategy
    ? `Rewritten by expand-contract rewrite (strategy ${hazard.strategy}).`
    : 'Found, and refused with what to do by hand.'
  return [
    paint.bold(hazard.code),
    '',
    `${paint.bold('Harm'.padEnd(10))}${HARMS[hazard.harm]}`,
    ...(hazard.lock ? [`${paint.bold('Lock'.padEnd(10))}${paint.yellow(hazard.lock)}`] : []),
    '',
    paint.bold('Why it hurts'),
    wrap(sentence(hazard.why), width, '  '),
    '',
    paint.bold('What to do instead'),
    wrap(hazard.instead, width, '  '),
    '',
    wrap(paint.dim(rewritten), width),
    wrap(
      paint.dim(
        `Where it is meant, allow it on the line before the statement:\n  -- expand-contract: allow ${hazard.code} because <reason>`,
      ),
      width,
    ),
  ].join('\n')
}

/** All kinds, one line each. */
export function hazardListText(hazards: Iterable<ExplainedHazard>, { paint }: Style): string {
  const all = [...hazards]
  const widest = Math.max(0, ...all.map((h) => h.code.length))
  const line = (h: ExplainedHazard): string =>
    `  ${paint.red(h.code.padEnd(widest))}  ${h.harm.padEnd(13)}  ${h.strategy ? paint.green('rewritten') : paint.dim('by hand')}`
  return [...all.map(line), '', 'More about one: npx expand-contract explain <hazard>'].join('\n')
}
