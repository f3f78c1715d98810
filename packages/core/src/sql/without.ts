import { readScript } from './read.ts'
import { sliceBytes } from './sql.ts'
import type { Statement } from './statement.ts'

/** A script without some of its statements; `inPlace` is a comment that says why. What is left of an ALTER TABLE with several actions is one command for each; all else stays byte for byte. */
export function withoutStatements(text: string, taken: readonly Statement[], inPlace: string): string {
  const { statements } = readScript(text)
  const isTaken = (s: Statement): boolean => taken.some((t) => t.index === s.index)
  const spans = [...new Map(statements.filter(isTaken).map((s) => [s.span.start, s.span])).values()].sort((a, b) => b.start - a.start)
  return spans.reduce((out, { start, end }) => {
    const left = statements.filter((s) => s.span.start === start && !isTaken(s)).map((s) => s.sql)
    // With nothing left the semicolon must go too: alone it is no statement for every client.
    const rest = sliceBytes(out, end)
    const tail = left.length > 0 ? rest : rest.replace(/^\s*;/, '')
    return `${sliceBytes(out, 0, start)}${[`-- ${inPlace}`, ...(left.length > 0 ? [left.join(';\n')] : [])].join('\n')}${tail}`
  }, text)
}
