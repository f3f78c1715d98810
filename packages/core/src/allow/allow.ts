import { remembered } from '../remembered.ts'
import { scan, type Token } from '../sql/parser.ts'
import type { Script, Statement } from '../sql/statement.ts'

/** A person's word in a comment that a hazard is meant: `-- expand-contract: allow <hazard> because <reason>`. */
export interface Allowance {
  /** Hazards as they are written there, known or not. */
  readonly codes: readonly string[]
  readonly reason: string
  /** 1-based line and column of the comment. */
  readonly line: number
  readonly column: number
  /** Positions of the statements that it speaks of, empty where there is none; `file`: all of them (`allow-file`). */
  readonly covers: readonly number[] | 'file'
}

/** A comment that was meant as an allowance and allows nothing. */
export interface BrokenAllowance {
  readonly line: number
  readonly column: number
  readonly problem: 'no reason' | 'no hazard' | 'not understood'
  /** What stands behind `expand-contract:`. */
  readonly text: string
}

/** All allowances of a script. */
export interface Allowances {
  readonly given: readonly Allowance[]
  readonly broken: readonly BrokenAllowance[]
}

const MARK = 'expand-contract:'
const NONE: Allowances = { given: [], broken: [] }

/**
 * The allowances in a script's comments. One that has a line for itself speaks of the next statement (before an ALTER TABLE with several actions: of all of them,
 * between its actions: of the next one); one at the end of a line of the statement, or of the action, that ends or stands there; `allow-file` of the whole file. A
 * file that can't be read has none.
 */
export const allowancesOf = remembered((script: Script): Allowances => {
  if (!script.text.includes(MARK) || script.unreadable) return NONE
  // As readScript does, so that bytes are those of the statements.
  const sql = script.text.startsWith('\uFEFF') ? `   ${script.text.slice(1)}` : script.text
  const bytes = Buffer.from(sql)
  const tokens = scan(sql)
  const code = tokens.filter((t) => !isComment(t))
  const given: Allowance[] = []
  const broken: BrokenAllowance[] = []
  for (const token of tokens) {
    const mark = isComment(token) ? token.text.indexOf(MARK) : -1
    if (mark < 0 || !OPENS.test(token.text.slice(0, mark))) continue
    const place = placeOf(bytes, token.start + Buffer.byteLength(token.text.slice(0, mark)))
    const text = (token.text.slice(mark + MARK.length).split('\n')[0] ?? '').replace(/\*\/$/, '').trim()
    const read = readAllowance(text)
    if (typeof read === 'string') broken.push({ ...place, problem: read, text })
    else given.push({ codes: read.codes, reason: read.reason, ...place, covers: read.file ? 'file' : covered(token, code, bytes, script) })
  }
  return { given, broken }
})

/** The comment that allows these hazards for the statement behind it. */
export function allowanceComment(codes: readonly string[], reason: string): string {
  // A semicolon would cut the comment in two for tools that split at it.
  return `-- ${MARK} allow ${codes.join(', ')} because ${reason.replaceAll(';', ',')}`
}

/** What may stand before the mark: the start of a comment, or one inside a comment (`--> statement-breakpoint -- expand-contract: …`). */
const OPENS = /(--|\/\*)[\s*]*$/

const FORM = /^(allow-file|allow)\b\s*(.*?)(?:\s*\bbecause\b\s*(.*))?$/is

function readAllowance(text: string): { codes: string[]; reason: string; file: boolean } | BrokenAllowance['problem'] {
  const [, word = '', list = '', reason = ''] = FORM.exec(text) ?? []
  if (word === '') return 'not understood'
  const codes = list.split(',').map((c) => c.trim())
  if (codes.every((c) => c === '')) return 'no hazard'
  if (!codes.every((c) => /^[\w-]+$/.test(c))) return reason === '' ? 'no reason' : 'not understood'
  // Dots or dashes are no reason.
  return /[\p{L}\p{N}]/u.test(reason) ? { codes, reason, file: word.toLowerCase() === 'allow-file' } : 'no reason'
}

function isComment({ name }: Token): boolean {
  return name === 'SQL_COMMENT' || name === 'C_COMMENT'
}

function placeOf(bytes: Buffer, at: number): { line: number; column: number } {
  const lines = bytes.toString('utf8', 0, at).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

/** A statement, or the one action of a split one, and the byte where it starts. */
interface Reach {
  readonly statement: Statement
  readonly start: number
}

function covered(comment: Token, code: readonly Token[], bytes: Buffer, script: Script): number[] {
  const reaches = reachesOf(script)
  const before = code.findLast((t) => t.end <= comment.start)
  if (before && !bytes.subarray(before.end, comment.start).includes(0x0a)) {
    const owner = reaches.findLast((r) => r.start <= before.start)
    return owner ? [owner.statement.index] : []
  }
  const next = reaches.find((r) => r.start >= comment.end)
  const inside = reaches.findLast(({ statement: { span } }) => span.start < comment.start && comment.start < span.end)
  if (inside) return [next?.statement.span.start === inside.statement.span.start ? next.statement.index : inside.statement.index]
  return reaches.filter((r) => r.statement.span.start === next?.statement.span.start).map((r) => r.statement.index)
}

function reachesOf({ statements, text }: Script): Reach[] {
  return statements.map((statement) => ({ statement, start: statement.split.part > 0 ? byteAt(text, statement) : statement.span.start }))
}

/** The byte of the file where an editor shows the statement. */
function byteAt(text: string, { line, column }: Statement): number {
  const lines = text.split('\n')
  const mark = line === 1 && text.startsWith('\uFEFF') ? 1 : 0
  return Buffer.byteLength([...lines.slice(0, line - 1), (lines[line - 1] ?? '').slice(0, column - 1 + mark)].join('\n'))
}
