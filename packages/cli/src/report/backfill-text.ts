import type { Backfill } from '@expand-contract/core'
import type { BackfillResult, FillReport, RowsChecked } from '@expand-contract/postgres'
import { bar, count, type Style } from './style.ts'

/** Refused rows and differing keys that are shown. */
const MOST_SHOWN = 10

/** One line about a backfill that runs. */
export function progressText({ step, part, pass, rows, rate, left, lag, batch, state }: FillReport): string {
  const parts = [
    step.title,
    ...(part === undefined ? [] : [bar(part)]),
    ...(pass !== undefined && pass > 1 ? ['a second look'] : []),
    ...(rows === undefined ? [] : [`${number(rows)} rows`]),
    ...(rate === undefined ? [] : [`${number(rate)} a second`]),
    ...(batch > 0 ? [`${Math.round(batch)} ms a batch`] : []),
    ...(left !== undefined && part !== undefined && part < 1 ? [`${duration(left)} left`] : []),
    ...(lag === undefined || lag < 1 ? [] : [`a replica is ${Math.round(lag)} s behind`]),
    ...(state === undefined ? [] : [`waits or rests: ${state}`]),
  ]
  return parts.join(' · ')
}

/** What was done, what was refused, what is next. */
export function filledText(plan: string, results: readonly { step: Backfill; result: BackfillResult }[], { paint }: Style): string {
  if (results.length === 0) return `${plan}: every backfill is recorded as done. There is nothing to fill.`
  const lines = results.flatMap(({ step, result }) => {
    const { changed, left, refused, stopped } = result
    const isDone = !stopped && left === 0 && refused.length === 0
    const status = isDone ? paint.green('done') : stopped ? paint.yellow('stopped') : paint.red('not done')
    const open = left > 0 ? `, ${number(left)} still need it` : ''
    return [
      `${status}  ${step.title}: ${count(changed, 'row')} changed by this run${open}`,
      ...refused.slice(0, MOST_SHOWN).map(({ row, reason }) => `  (${row.join(', ')}) is refused: ${reason}`),
      ...(refused.length > MOST_SHOWN ? [`  and ${refused.length - MOST_SHOWN} more: SELECT * FROM expand_contract.backfill_refused`] : []),
    ]
  })
  const next = results.some(({ result }) => result.stopped)
    ? `It goes on where it stopped: npx expand-contract backfill ${plan} (where it was cancelled, with --resume first)`
    : results.some(({ result }) => result.refused.length > 0)
      ? `Correct these rows, then run it again: npx expand-contract backfill ${plan}`
      : results.some(({ result }) => result.left > 0)
        ? `Rows are written past the triggers of the step before. Run it again, and see which remain: npx expand-contract backfill ${plan} --verify`
        : `What comes after it: npx expand-contract deploy`
  return [...lines, next].join('\n')
}

/** Both sides of each backfill, compared. */
export function checkedText(plan: string, checked: readonly { step: Backfill; rows: RowsChecked }[]): string {
  if (checked.length === 0) return `${plan} has no backfill whose result can be compared.`
  return checked
    .map(({ step, rows: { rows, different, keys, ranges, checksums } }) => {
      const sums = checksums ? `, checksums ${checksums.from} and ${checksums.to}` : ''
      const head = `${step.title}: ${count(rows, 'row')} in ${count(ranges, 'range')}${sums}`
      if (different === 0) return `${head}. No difference.`
      const list = keys.slice(0, MOST_SHOWN).map((key) => `  ${key.join(', ')}`)
      const by = step.key.join(', ') || 'place in the table'
      return [
        `${head}. ${count(different, 'row differs', 'rows differ')}, by ${by}:`,
        ...list,
        `To repair: npx expand-contract backfill ${plan} --step ${step.id}`,
      ].join('\n')
    })
    .join('\n')
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3_600).toFixed(1)} h`
}
