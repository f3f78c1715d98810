import { loadModule, parsePlPgSQLSync, parseSync, scanSync } from 'libpg-query'

await loadModule()

/** A node of PostgreSQL's own syntax tree as `libpg-query` prints it: one key (the node's tag) over its fields. */
// biome-ignore lint/suspicious/noExplicitAny: the tree is the grammar of PostgreSQL, thousands of shapes; readers narrow by tag.
export type PgNode = Record<string, any>

/** Half-open range of UTF-8 byte offsets: `libpg-query` counts bytes, never characters. */
export interface ByteSpan {
  readonly start: number
  readonly end: number
}

/** One token of PostgreSQL's scanner. `name` is the grammar's token name (`IDENT`, `ASCII_40` for `(`, `SQL_COMMENT`, keywords). */
export interface Token extends ByteSpan {
  readonly name: string
  readonly text: string
}

/** The text is not SQL that PostgreSQL 18's grammar accepts. */
export class SqlSyntaxError extends Error {
  override readonly name = 'SqlSyntaxError'
  /** 0-based character index of the error in the text that was parsed, or undefined where the parser names none. */
  readonly position: number | undefined
  constructor(message: string, position: number | undefined) {
    super(message)
    this.position = position
  }
}

/** Drizzle cuts a file here and sends each piece alone, so that a statement before it needs no semicolon. */
const BREAKPOINT = '--> statement-breakpoint'
/** The same as the end of a statement, and as long. */
const CUT = ';-- statement-breakpoint'

/**
 * Parses a whole script with PostgreSQL 18's grammar. Comment-only and empty text is an empty list. Drizzle's breakpoint ends a statement that has no semicolon. Throws
 * {@link SqlSyntaxError}.
 */
export function parseStatements(sql: string): { stmt: PgNode; start: number; end: number }[] {
  if (sql.trim() === '') return []
  const size = Buffer.byteLength(sql)
  return parseCut(sql).map(({ stmt, stmt_location: start = 0, stmt_len: length }) => ({
    stmt: stmt ?? {},
    start,
    end: length ? start + length : size,
  }))
}

interface RawStatement {
  readonly stmt?: PgNode
  readonly stmt_location?: number
  readonly stmt_len?: number
}

function parseCut(sql: string): readonly RawStatement[] {
  try {
    return parseRaw(sql)
  } catch (error) {
    if (!(error instanceof SqlSyntaxError) || !sql.includes(BREAKPOINT)) throw error
    const cut = sql.replaceAll(BREAKPOINT, CUT)
    const bytes = Buffer.from(cut)
    return parseRaw(cut).map((raw): RawStatement => {
      const start = raw.stmt_location ?? 0
      // Behind the semicolon the rest of the marker is no comment in the text as it is.
      const skip = bytes.toString('utf8', start, start + CUT.length - 1) === CUT.slice(1) ? CUT.length - 1 : 0
      return { ...raw, stmt_location: start + skip, ...(raw.stmt_len && { stmt_len: raw.stmt_len - skip }) }
    })
  }
}

function parseRaw(sql: string): readonly RawStatement[] {
  try {
    return (parseSync(sql) as { stmts?: RawStatement[] }).stmts ?? []
  } catch (error) {
    const details = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails
    throw new SqlSyntaxError((error as Error).message, details?.cursorPosition)
  }
}

/** Parses text that must hold exactly one statement. Throws {@link SqlSyntaxError} for anything else. */
export function parseStatement(sql: string): PgNode {
  const [only, ...more] = parseStatements(sql)
  if (!only || more.length > 0) throw new SqlSyntaxError(`expected one statement, found ${only ? more.length + 1 : 0}`, undefined)
  return only.stmt
}

/** PostgreSQL's tokens of a text, comments included, with byte spans. */
export function scan(sql: string): Token[] {
  if (sql.trim() === '') return []
  const { tokens } = scanSync(sql) as { tokens: { start: number; end: number; text: string; tokenName: string }[] }
  return tokens.map(({ start, end, text, tokenName }) => ({ start, end, text, name: tokenName }))
}

/** True where PostgreSQL's scanner takes the bare word for a keyword that can't stand everywhere as a name: printed, it is quoted. */
export function isKeyword(word: string): boolean {
  const { tokens } = scanSync(word) as { tokens: { keywordName: string }[] }
  const kind = tokens[0]?.keywordName
  return kind !== 'NO_KEYWORD' && kind !== 'UNRESERVED_KEYWORD'
}

/** Parses the PL/pgSQL body of a `CREATE FUNCTION` or `DO` statement, or undefined where the parser does not read it. */
export function parsePlPgSql(sql: string): PgNode | undefined {
  try {
    return parsePlPgSQLSync(sql) as PgNode
  } catch {
    return undefined
  }
}

const POSITION = /^(location|stmt_location|stmt_len|version|(list|rexpr_list)_(start|end))$/

/** A tree as text without source positions: equal texts mean that PostgreSQL reads both sources as the same statement. */
export function shape(node: unknown): string {
  return JSON.stringify(node, (key, value) => (POSITION.test(key) ? undefined : value))
}

/** True where PostgreSQL reads both sources as the same: equal trees but for source positions. */
export function sameTree(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameTree(item, b[i]))
  const [left, right] = [a as PgNode, b as PgNode]
  for (const key in left) if (!sameTree(left[key], right[key]) && !POSITION.test(key)) return false
  for (const key in right) if (!(key in left) && !POSITION.test(key)) return false
  return true
}

let asked: PgNode | undefined
let answered: readonly [tag: string, fields: PgNode] = ['', {}]

/** The node's tag and its fields: `{ IndexStmt: { … } }` is `['IndexStmt', { … }]`. */
export function untag(node: PgNode | undefined): readonly [tag: string, fields: PgNode] {
  // Every strategy asks it of the same statement, one after the other.
  if (node === undefined || node !== asked) {
    asked = node
    answered = ['', {}]
    for (const tag in node) {
      answered = [tag, node[tag] as PgNode]
      break
    }
  }
  return answered
}
