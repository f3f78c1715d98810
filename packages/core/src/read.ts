import { type PgNode, parseStatement, parseStatements, SqlSyntaxError, scan, shape, type Token, untag } from './parser.ts'
import type { Script, Statement } from './statement.ts'
import { isSpace, mayHoldComment, skipTrivia } from './trivia.ts'

const BOM = '\uFEFF'

/**
 * Reads the SQL text of one migration. Prisma's warning comments and Drizzle's `--> statement-breakpoint` are comments to PostgreSQL, so the
 * text is parsed whole, in the form that the ORM wrote. Never throws: what can't be read is said in {@link Script.unreadable}.
 */
export function readScript(text: string): Script {
  // Blanked rather than cut, so that byte positions stay those of the file.
  const sql = text.startsWith(BOM) ? `   ${text.slice(1)}` : text
  try {
    const raw = parseStatements(sql)
    const file = fileOf(sql)
    const statements = raw.flatMap(({ stmt, start, end }) => split(file, stmt, skipTrivia(file.bytes, start, end), end))
    return { text, statements: statements.map((s, index) => ({ ...s, index })) }
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error
    return { text, statements: [], unreadable: { message: error.message, line: sql.slice(0, error.position ?? 0).split('\n').length } }
  }
}

interface SourceFile {
  readonly bytes: Buffer
  /** Byte positions of the line breaks. */
  readonly breaks: readonly number[]
}

function fileOf(sql: string): SourceFile {
  const bytes = Buffer.from(sql)
  const breaks: number[] = []
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) breaks.push(at)
  return { bytes, breaks }
}

/** 1-based line of a byte. */
function lineOf({ breaks }: SourceFile, byte: number): number {
  let [low, high] = [0, breaks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((breaks[middle] ?? 0) < byte) low = middle + 1
    else high = middle
  }
  return low + 1
}

type Draft = Omit<Statement, 'index'>

/** One ALTER TABLE with several actions is several commands to us: its head and one action each. `until` may include trivia behind the command. */
function split(file: SourceFile, node: PgNode, start: number, until: number): Draft[] {
  const slice = (from: number, to: number): string => file.bytes.subarray(from, to).toString()
  const [tag, alter] = untag(node)
  const actions = (alter.cmds ?? []) as PgNode[]
  const isSplit = tag === 'AlterTableStmt' && actions.length > 1
  // Scanning costs more than parsing: only what may hold a comment, or is taken apart, is scanned.
  const tokens = isSplit || mayHoldComment(file.bytes, start, until) ? tokensOf(slice(start, until), start) : undefined
  const end = tokens ? (tokens.at(-1)?.end ?? start) : withoutSpace(file.bytes, start, until)
  const span = { start, end }
  const whole: Draft = { sql: slice(start, end), span, node, split: { of: 1, part: 0 }, line: lineOf(file, start) }
  if (!isSplit || !tokens) return [whole]

  const head = headLength(tokens)
  const groups = splitAtCommas(tokens.slice(head))
  const headText = slice(start, tokens[head - 1]?.end ?? start)
  if (groups.length !== actions.length) return [whole]
  return groups.map((group, part) => {
    const from = group[0]?.start ?? start
    const text = `${headText} ${slice(from, group.at(-1)?.end ?? end)}`
    const one = parseStatement(text)
    const expected = { AlterTableStmt: { ...alter, cmds: [actions[part]] } }
    if (shape(one) !== shape(expected)) throw new SqlSyntaxError(`could not take apart: ${text}`, undefined)
    return { sql: text, span, node: one, split: { of: groups.length, part }, line: lineOf(file, from) }
  })
}

/** The tokens without comments, at their positions in the file. */
function tokensOf(sql: string, base: number): Token[] {
  return scan(sql)
    .filter((t) => t.name !== 'SQL_COMMENT' && t.name !== 'C_COMMENT')
    .map((t) => ({ ...t, start: t.start + base, end: t.end + base }))
}

function withoutSpace(bytes: Uint8Array, start: number, until: number): number {
  let end = until
  while (end > start && isSpace(bytes[end - 1])) end--
  return end
}

/** How many tokens `ALTER TABLE [IF EXISTS] [ONLY] name [*]` takes. */
function headLength(tokens: readonly Token[]): number {
  const word = (i: number): string => tokens[i]?.text.toUpperCase() ?? ''
  let i = 2
  if (word(i) === 'IF') i += 2
  if (word(i) === 'ONLY') i++
  i++
  while (word(i) === '.') i += 2
  return word(i) === '*' ? i + 1 : i
}

function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(' || token.text === '[') depth++
    if (token.text === ')' || token.text === ']') depth--
    if (token.text === ',' && depth === 0) groups.push([])
    else groups.at(-1)?.push(token)
  }
  return groups
}
