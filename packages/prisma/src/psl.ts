/** A range of a schema file, in characters. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** `@map("name")` of a field or `@@map("name")` of a block. */
export interface Attribute extends Span {
  /** Without `@`: `map`, `db.Uuid`, `relation`. */
  readonly name: string
  /** The first string of its arguments, decoded, and where it stands with its quotes. */
  readonly text?: Span & { readonly value: string }
}

/** One line of a block: a field (`name Type @attributes`) or a setting (`provider = "postgresql"`). */
export interface Entry extends Span {
  readonly name: string
  readonly attributes: readonly Attribute[]
  /** The first string of the line outside attributes, decoded: the value of a setting. */
  readonly text?: string
  /** A field's type with its `?` or `[]`: `String?`, `Unsupported("tsvector")`. */
  readonly type?: Span & { readonly written: string }
}

/** `model User { … }`, `datasource db { … }`. */
export interface Block extends Span {
  /** `model`, `view`, `enum`, `type`, `datasource`, `generator`. */
  readonly keyword: string
  readonly name: string
  readonly entries: readonly Entry[]
  readonly attributes: readonly Attribute[]
}

/** An argument of an attribute: `[a, b(sort: Desc)]`, `map: "x"`. */
export interface Argument extends Span {
  readonly name?: string
  /** Its value as written, and where it begins. */
  readonly written: string
  readonly valueStart: number
}

interface Token extends Span {
  readonly kind: 'comment' | 'string' | 'newline' | 'word' | 'mark'
  readonly text: string
}

// Spaces are what lies between the tokens.
const TOKENS = /(\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)|("(?:\\.|[^"\\\r\n])*")|(\r?\n)|([\p{L}\p{N}_][\p{L}\p{N}_-]*)|(\S)/gu

/**
 * The blocks of a schema file with the places of what is in them, so that an edit can leave every other byte alone. Tolerant: what is not a block is
 * passed over; whether the schema is right is for Prisma to say.
 */
export function readPsl(source: string): Block[] {
  const tokens = scan(source).filter((t) => t.kind !== 'comment')
  const blocks: Block[] = []
  for (let i = 0; i < tokens.length; i++) {
    const [keyword, name, brace] = [tokens[i], tokens[i + 1], tokens[i + 2]]
    if (keyword?.kind !== 'word' || name?.kind !== 'word' || brace?.text !== '{') continue
    const { lines, next } = bodyLines(tokens, i + 3)
    i = next
    const end = tokens[next]?.end ?? source.length
    blocks.push({ keyword: keyword.text, name: name.text, start: keyword.start, end, ...contents(lines, source) })
  }
  return blocks
}

/** The first block of a kind. Where no comment can hide it, a schema file, which may be long, is read there only. */
export function firstBlock(source: string, keyword: string): Pick<Block, 'keyword' | 'entries'> | undefined {
  const start = source.search(new RegExp(`^[ \\t]*${keyword}\\s`, 'm'))
  const end = source.indexOf('\n}', start)
  const inComment = source.lastIndexOf('/*', start) > source.lastIndexOf('*/', start)
  const here = start < 0 || end < 0 || inComment ? undefined : readPsl(source.slice(start, end + 2))[0]
  return here?.keyword === keyword ? here : readPsl(source).find((b) => b.keyword === keyword)
}

/** The arguments of an attribute in their order. */
export function argumentsOf(source: string, { start, end }: Span): Argument[] {
  const tokens = scan(source.slice(start, end)).filter((t) => t.kind !== 'comment' && t.kind !== 'newline')
  const open = tokens.findIndex((t) => t.text === '(')
  if (open < 0) return []
  return topLevel(tokens.slice(open + 1, -1), ',').flatMap((part): Argument[] => {
    const [first, colon] = part
    const isNamed = first?.kind === 'word' && colon?.text === ':'
    const value = isNamed ? part[2] : first
    const last = part.at(-1)
    if (!first || !value || !last) return []
    const span = { start: start + first.start, end: start + last.end, valueStart: start + value.start }
    return [{ ...span, written: source.slice(span.valueStart, span.end), ...(isNamed && { name: first.text }) }]
  })
}

/** Names in a list as an attribute has it, without what stands in parentheses behind them: `[a, b(sort: Desc)]`. */
export function listed(written: string): string[] {
  const tokens = scan(written).filter((t) => t.kind !== 'comment' && t.kind !== 'newline')
  return topLevel(tokens[0]?.text === '[' ? tokens.slice(1, -1) : tokens, ',').map((part) => part[0]?.text ?? '')
}

function topLevel(tokens: readonly Token[], mark: string): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.kind === 'mark' && '([{'.includes(token.text)) depth++
    if (token.kind === 'mark' && ')]}'.includes(token.text)) depth--
    if (depth === 0 && token.text === mark) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

function scan(source: string): Token[] {
  return [...source.matchAll(TOKENS)].map((m): Token => {
    const kind = m[1] ? 'comment' : m[2] ? 'string' : m[3] ? 'newline' : m[4] ? 'word' : 'mark'
    return { kind, text: m[0], start: m.index, end: m.index + m[0].length }
  })
}

/** Logical lines of a block's body: a line goes on while a bracket is open. `next` is the closing brace. */
function bodyLines(tokens: readonly Token[], from: number): { lines: Token[][]; next: number } {
  const lines: Token[][] = [[]]
  let depth = 0
  let i = from
  for (; i < tokens.length; i++) {
    const token = tokens[i] as Token
    if (depth === 0 && token.text === '}') break
    if (token.kind === 'newline') {
      if (depth === 0) lines.push([])
      continue
    }
    if (token.kind === 'mark' && '([{'.includes(token.text)) depth++
    if (token.kind === 'mark' && ')]}'.includes(token.text)) depth--
    lines.at(-1)?.push(token)
  }
  return { lines: lines.filter((line) => line.length > 0), next: i }
}

function contents(lines: readonly Token[][], source: string): Pick<Block, 'entries' | 'attributes'> {
  const entries: Entry[] = []
  const attributes: Attribute[] = []
  for (const line of lines) {
    const found = attributesOf(line)
    const [first] = line
    if (first?.text === '@') attributes.push(...found)
    if (first?.kind !== 'word') continue
    const text = line.find((t) => t.kind === 'string' && !found.some((a) => t.start >= a.start && t.end <= a.end))
    const [start, end] = [line[1]?.start ?? 0, line[line.findIndex((t) => t.text === '@') - 1]?.end ?? line.at(-1)?.end ?? 0]
    entries.push({
      name: first.text,
      start: first.start,
      end: line.at(-1)?.end ?? first.end,
      attributes: found,
      ...(text && { text: decode(text.text) }),
      ...(line[1]?.kind === 'word' && { type: { start, end, written: source.slice(start, end) } }),
    })
  }
  return { entries, attributes }
}

function attributesOf(line: readonly Token[]): Attribute[] {
  const found: Attribute[] = []
  for (let i = 0; i < line.length; i++) {
    if (line[i]?.text !== '@') continue
    const start = (line[i] as Token).start
    while (line[i]?.text === '@') i++
    let name = ''
    for (; line[i]?.kind === 'word' || line[i]?.text === '.'; i++) name += line[i]?.text
    let end = line[i - 1]?.end ?? start
    let text: Token | undefined
    if (line[i]?.text === '(') {
      for (let depth = 0; i < line.length; i++) {
        const token = line[i] as Token
        if (token.kind === 'string') text ??= token
        if (token.kind === 'mark' && '(['.includes(token.text)) depth++
        if (token.kind === 'mark' && ')]'.includes(token.text)) depth--
        end = token.end
        if (depth === 0) break
      }
    } else i--
    found.push({ name, start, end, ...(text && { text: { value: decode(text.text), start: text.start, end: text.end } }) })
  }
  return found
}

function decode(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted.slice(1, -1)
  }
}
