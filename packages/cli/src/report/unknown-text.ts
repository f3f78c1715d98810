import type { Unknown } from './incomplete.ts'
import { place } from './place.ts'
import { count, type Style, wrap } from './style.ts'

/** How many are listed where nobody asks for all. */
const SOME = 8

/** What the migrations don't tell, a line for each table, and the ways out. */
export function unknownText(unknown: readonly Unknown[], style: Style, all: boolean): string {
  const { paint, width } = style
  const shown = all ? unknown : unknown.slice(0, SOME)
  const more = unknown.length - shown.length
  const isNeeded = unknown.some((u) => u.restingOnIt.length > 0)
  const way = `${isNeeded ? 'Say what they look like' : 'No finding rests on it. Where one does, say what they look like'}: --database <url> reads it from a database, --schema-dump <file> from pg_dump --schema-only.`
  return [
    paint.bold('The migrations do not tell the whole schema:'),
    ...shown.map((u) => unknownLine(u, style)),
    ...(more > 0 ? [`  and ${more} more (--verbose lists them)`] : []),
    wrap(way, width),
  ].join('\n')
}

function unknownLine({ table, file, line, reason, restingOnIt }: Unknown, { paint }: Style): string {
  const at = line === undefined ? file : place(file, { line })
  const rests = restingOnIt.length > 0 ? paint.magenta(` (${count(restingOnIt.length, 'migration')} with findings that rest on it)`) : ''
  return `  ${paint.bold(at)}  ${paint.cyan(table ?? 'any table')}  ${reason}${rests}`
}
