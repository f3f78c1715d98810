import { remembered } from '../remembered.ts'
import type { Statement } from '../sql/statement.ts'
import { tokensIn } from '../sql/tokens.ts'

/** Where a command is for an editor: 1-based line and column. */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * Place in the file of an SQL text inside the body of a DO or CREATE FUNCTION statement. `bodyLine` is the 1-based line of the body that the parser names for
 * it. Where the body does not hold the text as it is (it is put together, or quotes in it are doubled), the start of that line.
 */
export function placeInBody(outer: Statement, text: string, bodyLine: number): Place {
  const wanted = text.trim()
  const body = bodyStart(outer)
  let from = body
  for (let line = 1; line < bodyLine && from >= 0; line++) from = outer.sql.indexOf('\n', from) + 1 || -1
  const found = from < 0 ? -1 : outer.sql.indexOf(wanted, from)
  const at = found < 0 ? outer.sql.indexOf(wanted, body) : found
  if (at >= 0) return behind(outer, outer.sql.slice(0, at))
  return from < 0 ? outer : behind(outer, outer.sql.slice(0, from + outer.sql.slice(from).search(/\S/)))
}

/** A place in a text, for a file in which that text starts at `start`. */
export function within(start: Place, place: Place): Place {
  return { line: start.line + place.line - 1, column: place.line === 1 ? start.column + place.column - 1 : place.column }
}

function behind(start: Place, text: string): Place {
  const lines = text.split('\n')
  return within(start, { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 })
}

/** Position of the body's first character: behind the quote that opens the longest literal. */
const bodyStart = remembered(({ sql }: Statement): number => {
  const bytes = Buffer.from(sql)
  const literals = tokensIn(bytes).filter((t) => t.text.startsWith('$') || t.text.startsWith("'"))
  const [longest] = literals.sort((a, b) => b.end - b.start - (a.end - a.start))
  if (!longest) return 0
  const quote = longest.text.startsWith('$') ? longest.text.indexOf('$', 1) + 1 : 1
  return bytes.toString('utf8', 0, longest.start).length + quote
})
