/**
 * The name of the step at `position` (from 0) of the steps that replace migration `id`: `0007_brave_hulk` gives `0007_brave_hulk_01_add_column`,
 * `0008_brave_hulk_02_backfill`, … The prefix goes on in the style that the folder has: an index, seconds since 1970, a UTC time to the second; a name without
 * such a prefix keeps it and is told apart by what follows.
 */
export function stepName(id: string, position: number, step: string): string {
  const [, prefix = '', rest = id] = /^(\d*)(.*)$/s.exec(id) ?? []
  return `${laterPrefix(prefix, position)}${rest}_${step.replaceAll('-', '_')}`
}

/** A prefix of digits, `by` migrations later. */
function laterPrefix(prefix: string, by: number): string {
  if (prefix === '') return ''
  const time = prefix.length === 14 ? utcTime(prefix) : undefined
  if (time !== undefined) return stamp(time + by * 1000)
  return String(BigInt(prefix) + BigInt(by)).padStart(prefix.length, '0')
}

/** `20261122113951` as milliseconds since 1970, or undefined where it is no time. */
function utcTime(digits: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits) ?? []
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  return Number.isFinite(time) && stamp(time) === digits ? time : undefined
}

function stamp(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)
}
