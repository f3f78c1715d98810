/** A name's leading digits as the ORMs count migrations with them, `by` migrations later: an index, seconds since 1970, or a UTC time to the second. */
export function laterPrefix(prefix: string, by: number): string {
  if (prefix === '') return ''
  const time = prefix.length === 14 ? utcTime(prefix) : undefined
  if (time !== undefined) return stamp(time + by * 1000)
  return String(BigInt(prefix) + BigInt(by)).padStart(prefix.length, '0')
}

/** A migration's name in two parts: its leading digits, and the rest. */
export function splitPrefix(id: string): { readonly prefix: string; readonly rest: string } {
  const [, prefix = '', rest = id] = /^(\d*)(.*)$/s.exec(id) ?? []
  return { prefix, rest }
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
