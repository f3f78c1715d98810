import { parseExpression } from '../sql/expression.ts'
import { type ByteSpan, type PgNode, SqlSyntaxError } from '../sql/parser.ts'
import { printedName } from '../sql/printed-name.ts'
import { DEFAULT_SCHEMA, strings, tableKey } from '../sql/relation.ts'
import { quoteText } from '../sql/sql.ts'
import { type Piece, tokensIn } from '../sql/tokens.ts'
import { isOwnType, userType } from '../sql/type-name.ts'

/** A name in a tree that PostgreSQL looks up: `qualifier` is what stands before a column, `literal` the text of a regclass. */
export interface NameUse {
  readonly kind: 'type' | 'function' | 'relation' | 'qualifier' | 'literal' | 'type literal'
  readonly path: readonly string[]
  /** Byte offset of the name, as the tree counts. */
  readonly location: number
  /** The name of what is read where the tree gives it another one. */
  readonly alias?: string
}

/** Every name that is looked up in a tree, in any order. Columns without a qualifier are left out. */
export function namesIn(node: unknown): NameUse[] {
  const found: NameUse[] = []
  collect(node, found, new Set())
  return found
}

function collect(node: unknown, found: NameUse[], queries: ReadonlySet<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, found, queries)
    return
  }
  if (typeof node !== 'object' || node === null) return
  const fields = node as PgNode
  const inner = withQueries(fields, queries)
  if (typeof fields.relname === 'string') addRange(fields, found, inner)
  if (fields.FuncCall) add(found, 'function', strings(fields.FuncCall.funcname), fields.FuncCall)
  if (fields.ColumnRef) addColumn(fields.ColumnRef, found)
  if (Array.isArray(fields.names) && (fields.typemod !== undefined || fields.typmods !== undefined))
    add(found, 'type', strings(fields.names), fields)
  if (fields.TypeCast) addLiteral(fields.TypeCast, found)
  if (fields.FuncCall) addSequence(fields.FuncCall, found)
  for (const value of Object.values(fields)) collect(value, found, inner)
}

/** Names of WITH queries, which hide relations. */
function withQueries(fields: PgNode, queries: ReadonlySet<string>): ReadonlySet<string> {
  const ctes = fields.withClause?.ctes as PgNode[] | undefined
  return ctes ? new Set([...queries, ...ctes.map((c) => c.CommonTableExpr?.ctename as string)]) : queries
}

function add(found: NameUse[], kind: NameUse['kind'], path: readonly string[], node: PgNode): void {
  found.push({ kind, path, location: (node.location as number | undefined) ?? 0 })
}

function addRange(range: PgNode, found: NameUse[], queries: ReadonlySet<string>): void {
  if (!range.schemaname && queries.has(range.relname)) return
  const path = [...(range.schemaname ? [range.schemaname as string] : []), range.relname as string]
  const alias = range.alias?.aliasname as string | undefined
  found.push({ kind: 'relation', path, location: (range.location as number | undefined) ?? 0, ...(alias !== undefined && { alias }) })
}

function addColumn(reference: PgNode, found: NameUse[]): void {
  const path = ((reference.fields ?? []) as PgNode[]).slice(0, -1).map((f) => f.String?.sval as string)
  if (path.length > 0) add(found, 'qualifier', path, reference)
}

const LITERALS: Readonly<Record<string, NameUse['kind']>> = { regclass: 'literal', regtype: 'type literal' }

/** `'…'::regclass` and `'…'::regtype`. */
function addLiteral(cast: PgNode, found: NameUse[]): void {
  const kind = LITERALS[strings(cast.typeName?.names).at(-1) ?? '']
  const text = cast.arg?.A_Const?.sval?.sval as string | undefined
  const path = kind && text !== undefined ? pathOfText(text) : undefined
  if (kind && path) add(found, kind, path, cast.arg.A_Const)
}

/** `nextval('…')`: the text is cast to regclass. */
function addSequence(call: PgNode, found: NameUse[]): void {
  const argument = (call.args as PgNode[] | undefined)?.[0]?.A_Const as PgNode | undefined
  const name = strings(call.funcname).at(-1) ?? ''
  const path =
    argument?.sval?.sval !== undefined && ['nextval', 'currval', 'setval'].includes(name) ? pathOfText(argument.sval.sval) : undefined
  if (path && argument) add(found, 'literal', path, argument)
}

/** The name in a text, as the cast to regclass reads it; undefined where it is none. */
export function pathOfText(text: string): readonly string[] | undefined {
  const bytes = Buffer.from(text)
  const names = tokensIn(bytes).filter((t) => t.text !== '.')
  return names.length === 1 || names.length === 2 ? names.map((t) => unquoted(t.text)) : undefined
}

/** What a token names: PostgreSQL reads names without quotes in small letters. */
export function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Keys of the types and functions of the user that a tree may name, sorted, each once. `isOwn` tells the names without a schema that are PostgreSQL's functions. */
export function usedNames(node: unknown, isOwn: (name: string) => boolean): readonly string[] {
  const keys = namesIn(node).flatMap(({ kind, path }) => {
    if (path.at(-2) === 'pg_catalog') return []
    if (kind === 'function') return path.length === 1 && isOwn(path[0] ?? '') ? [] : [tableKey(path.at(-1) ?? '', path.at(-2))]
    return kind === 'type' && !(path.length === 1 && isOwnType(path[0] ?? '')) ? [userType(path)] : []
  })
  return [...new Set(keys)].sort()
}

/** Says what a name is called from now on, schema first; undefined leaves it as it is. */
export type Spelling = (use: NameUse) => readonly string[] | undefined

/** An edit of a text: what stands in the span is replaced. */
interface Patch extends ByteSpan {
  readonly text: string
}

/** The offset of an expression in what {@link parseExpression} parses. */
export const EXPRESSION_BASE = 'SELECT ('.length

/** The expression with names spelled anew; the same text where none is, undefined where a name that must change could not be found in it. */
export function respelled(expression: string, spelling: Spelling): string | undefined {
  const uses = namesIn(treeOf(expression)).map((use) => ({ ...use, location: use.location - EXPRESSION_BASE }))
  return patched(expression, uses, spelling)
}

/** The names that an expression looks up; none where it can't be read. */
export function namesOfExpression(expression: string): NameUse[] {
  return namesIn(treeOf(expression))
}

function treeOf(expression: string): PgNode {
  try {
    return parseExpression(expression)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return {}
    throw error
  }
}

/** The same for any text, whose tree gave the uses with locations in its bytes. */
export function patched(text: string, uses: readonly NameUse[], spelling: Spelling): string | undefined {
  const bytes = Buffer.from(text)
  const patches: Patch[] = []
  const done = new Set<number>()
  for (const use of uses) {
    const path = spelling(use)
    if (!path || done.has(use.location)) continue
    done.add(use.location)
    const patch = use.kind.endsWith('literal') ? literalPatch(bytes, use, path) : namePatch(bytes, use, path)
    if (!patch) return undefined
    patches.push(patch)
  }
  if (patches.length === 0) return text
  let from = 0
  const pieces: string[] = []
  for (const patch of patches.sort((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(from, patch.start).toString(), patch.text)
    from = patch.end
  }
  return pieces.join('') + bytes.subarray(from).toString()
}

function namePatch(bytes: Buffer, use: NameUse, path: readonly string[]): Patch | undefined {
  const tokens = tokensIn(bytes, use.location, nameEnd(bytes, use.location, use.path.length))
  const names = tokens.filter((_, i) => i % 2 === 0)
  const isIt = names.length === use.path.length && names.every((t, i) => unquoted(t.text) === use.path[i])
  return isIt ? { start: use.location, end: tokens.at(-1)?.end ?? 0, text: spelled(use, path) } : undefined
}

/** Where a name of so many parts ends: its tokens are names with dots between them. */
function nameEnd(bytes: Buffer, from: number, parts: number): number {
  // Names are short: the rest of a long text need not be cut into tokens.
  const tokens: Piece[] = tokensIn(bytes, from, Math.min(bytes.length, from + 512 * parts)).slice(0, 2 * parts - 1)
  return tokens.at(-1)?.end ?? from
}

function literalPatch(bytes: Buffer, use: NameUse, path: readonly string[]): Patch | undefined {
  const [token] = tokensIn(bytes, use.location, Math.min(bytes.length, use.location + 512 * 2))
  if (!token?.text.includes("'")) return undefined
  return { start: use.location, end: token.end, text: quoteText(spelled(use, path)) }
}

/** With its schema unless that is the default one and was not written. */
function spelled(use: NameUse, path: readonly string[]): string {
  const isBare = use.path.length === 1 && path.length > 1 && path.at(-2) === DEFAULT_SCHEMA
  return (isBare ? path.slice(-1) : path).map(printedName).join('.')
}
