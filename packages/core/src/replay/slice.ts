import { remembered } from '../remembered.ts'
import { parseExpression } from '../sql/expression.ts'
import { type PgNode, SqlSyntaxError, sameTree } from '../sql/parser.ts'
import type { Statement } from '../sql/statement.ts'
import { type Piece, tokensIn } from '../sql/tokens.ts'

/** The tokens of a statement without comments, and its bytes. */
export interface Source {
  readonly tokens: readonly Piece[]
  readonly bytes: Buffer
  /** What to take from a node's location to get a byte offset in the statement's own text. */
  readonly base: number
}

/** Half-open range of token positions. */
type Range = readonly [from: number, to: number]

/** The statement's tokens; scanned once. */
export const sourceOf = remembered((statement: Statement): Source => {
  const bytes = Buffer.from(statement.sql)
  return { tokens: tokensIn(bytes), bytes, base: statement.base }
})

/** Position of the first token at or behind a node's location. */
export function tokenAt(source: Source, node: PgNode): number {
  const offset = ((node.location as number | undefined) ?? 0) - source.base
  let [low, high] = [0, source.tokens.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((source.tokens[middle]?.start ?? 0) < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Position of the next token that is this word or sign, at or behind `from`; the number of tokens where there is none. */
export function find(source: Source, word: string, from = 0): number {
  const { tokens } = source
  for (let at = from; at < tokens.length; at++) if (is(tokens[at], word)) return at
  return tokens.length
}

function is(token: Piece | undefined, word: string): boolean {
  return token !== undefined && token.text.length === word.length && token.text.toUpperCase() === word
}

/** Position just behind the bracket that closes the one at `open`. */
export function closing(source: Source, open: number): number {
  let depth = 0
  for (let i = open; i < source.tokens.length; i++) {
    const text = source.tokens[i]?.text
    if (text === '(' || text === '[') depth++
    if (text === ')' || text === ']') depth--
    if (depth === 0) return i + 1
  }
  return source.tokens.length
}

/** Bytes of the statement from one token to before another. */
export function textOf(source: Source, [from, to]: Range): string {
  const [first, last] = [source.tokens[from], source.tokens[to - 1]]
  return first && last && to > from ? source.bytes.subarray(first.start, last.end).toString() : ''
}

/** The text in the parentheses behind the word, if it is the expression `node`; undefined where it can't be told. */
export function parenthesised(source: Source, word: string, from: number, node: PgNode): string | undefined {
  for (let at = find(source, word, from); at < source.tokens.length; at = find(source, word, at + 1)) {
    if (source.tokens[at + 1]?.text !== '(') continue
    const text = textOf(source, [at + 2, closing(source, at + 1) - 1])
    return isExpression(text, node) ? text : undefined
  }
  return undefined
}

// Words that begin what may stand behind a column's DEFAULT. Some can be part of the expression (IS NOT DISTINCT FROM), so each is only tried.
const BEHIND_DEFAULT = new Set(
  'CONSTRAINT NOT NULL UNIQUE PRIMARY CHECK REFERENCES DEFAULT GENERATED COLLATE DEFERRABLE INITIALLY ENFORCED'.split(' '),
)

/** The expression `node` that starts at token `from`, as it was written; undefined where no end of it reads as that expression. */
export function expressionFrom(source: Source, from: number, node: PgNode): string | undefined {
  let depth = 0
  for (let i = from; i <= source.tokens.length; i++) {
    const text = source.tokens[i]?.text
    if (depth === 0 && i > from && endsAt(text)) {
      const slice = textOf(source, [from, i])
      if (isExpression(slice, node)) return slice
    }
    if (text === '(' || text === '[') depth++
    if (text === ')' || text === ']') depth--
    if (depth < 0) return undefined
  }
  return undefined
}

function endsAt(text: string | undefined): boolean {
  return text === undefined || text === ',' || text === ')' || BEHIND_DEFAULT.has(text.toUpperCase())
}

/** True where PostgreSQL reads the text as the same expression as the node. */
export function isExpression(text: string, node: PgNode): boolean {
  try {
    return sameTree(parseExpression(text), node)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return false
    throw error
  }
}
