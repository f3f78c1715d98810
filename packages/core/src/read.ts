import { type PgNode, parseStatement, parseStatements, SqlSyntaxError, scan, shape, type Token, untag } from './parser.ts'
import { sliceBytes } from './sql.ts'
import type { Script, Statement } from './statement.ts'

const BOM = '\uFEFF'

/**
 * Reads the SQL text of one migration. Prisma's warning comments and Drizzle's `--> statement-breakpoint` are comments to PostgreSQL, so the
 * text is parsed whole, in the form that the ORM wrote. Never throws: what can't be read is said in {@link Script.unreadable}.
 */
export function readScript(text: string): Script {
  // Blanked rather than cut, so that byte positions stay those of the file.
  const sql = text.startsWith(BOM) ? `   ${text.slice(1)}` : text
  try {
    const tokens = scan(sql)
    const statements = parseStatements(sql).flatMap(({ stmt, start, end }) => {
      const inside = tokens.filter((t) => t.start >= start && t.end <= end && !isComment(t))
      const first = inside[0]
      const last = inside.at(-1)
      if (!first || !last) return []
      return split(sql, stmt, inside, first.start, last.end)
    })
    return { text, statements: statements.map((s, index) => ({ ...s, index })) }
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error
    return { text, statements: [], unreadable: { message: error.message, line: lineAt(sql, error.position ?? 0) } }
  }
}

function isComment(token: Token): boolean {
  return token.name === 'SQL_COMMENT' || token.name === 'C_COMMENT'
}

function lineAt(text: string, character: number): number {
  return text.slice(0, character).split('\n').length
}

type Draft = Omit<Statement, 'index'>

/** One ALTER TABLE with several actions is several commands to us: its head and one action each. */
function split(sql: string, node: PgNode, tokens: readonly Token[], start: number, end: number): Draft[] {
  const lineOf = (byte: number): number => sliceBytes(sql, 0, byte).split('\n').length
  const whole: Draft = { sql: sliceBytes(sql, start, end), span: { start, end }, node, split: { of: 1, part: 0 }, line: lineOf(start) }
  const [tag, alter] = untag(node)
  const actions = (alter.cmds ?? []) as PgNode[]
  if (tag !== 'AlterTableStmt' || actions.length < 2) return [whole]

  const head = headLength(tokens)
  const groups = splitAtCommas(tokens.slice(head))
  const headText = sliceBytes(sql, start, tokens[head - 1]?.end ?? start)
  if (groups.length !== actions.length) return [whole]
  return groups.map((group, part) => {
    const from = group[0]?.start ?? start
    const text = `${headText} ${sliceBytes(sql, from, group.at(-1)?.end ?? end)}`
    const one = parseStatement(text)
    const expected = { AlterTableStmt: { ...alter, cmds: [actions[part]] } }
    if (shape(one) !== shape(expected)) throw new SqlSyntaxError(`could not take apart: ${text}`, undefined)
    return { sql: text, span: { start, end }, node: one, split: { of: groups.length, part }, line: lineOf(from) }
  })
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
