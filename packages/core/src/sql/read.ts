import { withoutInline } from '../inline-constraints.ts'
import { type PgNode, parseStatements, SqlSyntaxError, untag } from './parser.ts'
import type { Script, Statement } from './statement.ts'
import { type Piece, tokensIn } from './tokens.ts'
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
    const file = fileOf(sql, sql === text ? 0 : 3)
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
  /** Bytes of the blanked byte order mark. */
  readonly mark: number
}

function fileOf(sql: string, mark: number): SourceFile {
  const bytes = Buffer.from(sql)
  const breaks: number[] = []
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) breaks.push(at)
  return { bytes, breaks, mark }
}

/** Where a byte is for an editor. */
function placeOf({ bytes, breaks, mark }: SourceFile, byte: number): { line: number; column: number } {
  let [low, high] = [0, breaks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((breaks[middle] ?? 0) < byte) low = middle + 1
    else high = middle
  }
  const start = low === 0 ? mark : (breaks[low - 1] ?? 0) + 1
  return { line: low + 1, column: byte <= start ? 1 : bytes.toString('utf8', start, byte).length + 1 }
}

type Draft = Omit<Statement, 'index'>

/** One ALTER TABLE with several actions is several commands to us: its head and one action each. `until` may include trivia behind the command. */
function split(file: SourceFile, node: PgNode, start: number, until: number): Draft[] {
  const slice = (from: number, to: number): string => file.bytes.subarray(from, to).toString()
  const [tag, alter] = untag(node)
  const actions = (alter.cmds ?? []) as PgNode[]
  const isSplit = tag === 'AlterTableStmt' && actions.length > 1
  const tokens = isSplit || mayHoldComment(file.bytes, start, until) ? tokensIn(file.bytes, start, until) : undefined
  const end = tokens ? (tokens.at(-1)?.end ?? start) : withoutSpace(file.bytes, start, until)
  const span = { start, end }
  const whole: Draft = { sql: slice(start, end), span, node, split: { of: 1, part: 0 }, ...placeOf(file, start), base: start }
  if (!isSplit || !tokens) return apart([whole], file, () => start)

  const head = headLength(tokens, alter.relation)
  const groups = splitAtCommas(tokens.slice(head))
  const headText = slice(start, tokens[head - 1]?.end ?? start)
  // As many commas outside brackets as there are between actions: they are those commas.
  if (head === 0 || groups.length !== actions.length) return [whole]
  const drafts = groups.map((group, part): Draft => {
    const from = group[0]?.start ?? start
    const text = `${headText} ${slice(from, group.at(-1)?.end ?? end)}`
    const one = { AlterTableStmt: { ...alter, cmds: [actions[part]] } }
    const base = from - Buffer.byteLength(headText) - 1
    return { sql: text, span, node: one, split: { of: groups.length, part }, ...placeOf(file, from), base }
  })
  return apart(drafts, file, (draft) => draft.base)
}

/** Constraints inside ADD COLUMN are commands of their own. `offset` is the file's byte at which a draft's text would begin. */
function apart(drafts: readonly Draft[], file: SourceFile, offset: (draft: Draft) => number): Draft[] {
  const all = drafts.flatMap((draft): Draft[] => {
    const parts = withoutInline(draft.sql, draft.node)
    return (
      parts?.map(({ sql, node, at }) => ({ ...draft, sql, node, base: 0, ...(at > 0 && placeOf(file, offset(draft) + at)) })) ?? [draft]
    )
  })
  return all.length === drafts.length ? all : all.map((draft, part) => ({ ...draft, split: { of: all.length, part } }))
}

function withoutSpace(bytes: Uint8Array, start: number, until: number): number {
  let end = until
  while (end > start && isSpace(bytes[end - 1])) end--
  return end
}

/** How many tokens `ALTER TABLE [IF EXISTS] [ONLY] name [*]` takes, with any other word for TABLE; 0 where that can't be told. */
function headLength(tokens: readonly Piece[], relation: PgNode | undefined): number {
  let i = tokens.findIndex((t) => t.start === relation?.location) + 1
  if (i === 0) return 0
  while (tokens[i]?.text === '.') i += 2
  return tokens[i]?.text === '*' || tokens[i]?.text === ')' ? i + 1 : i
}

function splitAtCommas(tokens: readonly Piece[]): Piece[][] {
  const groups: Piece[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(' || token.text === '[') depth++
    if (token.text === ')' || token.text === ']') depth--
    if (token.text === ',' && depth === 0) groups.push([])
    else groups.at(-1)?.push(token)
  }
  return groups
}
