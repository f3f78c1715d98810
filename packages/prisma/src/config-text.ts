/** Places that a configuration file names, as written (relative to it). */
export interface Places {
  readonly schema?: string
  readonly migrations?: string
}

interface Token {
  readonly kind: 'word' | 'string' | 'mark'
  /** A string's value, else the text. */
  readonly text: string
}

const TOKENS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|([A-Za-z_$][\w$]*)|(\S)/g

/**
 * `schema` and `migrations.path` out of the text of a prisma.config file: `defineConfig({ … })` or `export default { … }`, with strings or
 * `path.join('a', 'b')` as values. Undefined where that can't be told from the text (a variable, a spread, `import.meta`): the file must be run.
 */
export function readConfigText(source: string): Places | undefined {
  const tokens = scan(source)
  const start = objectStart(tokens)
  if (start === undefined) return undefined
  const top = properties(tokens, start)
  const migrationsAt = top?.get('migrations')
  const inner = migrationsAt === undefined ? undefined : tokens[migrationsAt]?.text === '{' ? properties(tokens, migrationsAt) : 'unknown'
  if (!top || inner === 'unknown' || (migrationsAt !== undefined && !inner)) return undefined
  const schema = value(tokens, top.get('schema'))
  const migrations = value(tokens, inner?.get('path'))
  if (schema === null || migrations === null) return undefined
  return { ...(schema !== undefined && { schema }), ...(migrations !== undefined && { migrations }) }
}

/** The environment variable that `datasource.url` of a prisma.config file is taken from: `env('NAME')`, `process.env.NAME`; undefined where it does not say so. */
export function urlVariableIn(source: string): string | undefined {
  const tokens = scan(source)
  const start = objectStart(tokens)
  const datasource = start === undefined ? undefined : properties(tokens, start)?.get('datasource')
  const inner = datasource !== undefined && tokens[datasource]?.text === '{' ? properties(tokens, datasource) : undefined
  const at = inner?.get('url')
  if (at === undefined) return undefined
  const parts = tokens.slice(at, at + 5)
  const shape = parts.map((t) => (t.kind === 'string' ? 's' : t.text)).join(' ')
  if (shape.startsWith('env ( s )')) return parts[2]?.text
  if (shape.startsWith('process . env . ')) return parts[4]?.text
  return shape.startsWith('process . env [ s') ? parts[4]?.text : undefined
}

function scan(source: string): Token[] {
  return [...source.matchAll(TOKENS)].flatMap(([, string, word, mark]): Token[] => {
    if (string !== undefined) return [{ kind: 'string', text: string.slice(1, -1) }]
    if (word !== undefined) return [{ kind: 'word', text: word }]
    return mark === undefined ? [] : [{ kind: 'mark', text: mark }]
  })
}

/** Index of the `{` of the one configuration object. */
function objectStart(tokens: readonly Token[]): number | undefined {
  const starts = tokens.flatMap((token, i) => {
    if (token.text !== '{' || token.kind !== 'mark') return []
    const before = tokens
      .slice(Math.max(0, i - 4), i)
      .map((t) => t.text)
      .join(' ')
    return /(defineConfig \(|export default|module . exports =)$/.test(before) ? [i] : []
  })
  return starts.length === 1 ? starts[0] : undefined
}

/** Where the value of each property of an object begins; undefined for an object with a spread, a shorthand, a method or a computed key. */
function properties(tokens: readonly Token[], open: number): Map<string, number> | undefined {
  const found = new Map<string, number>()
  let i = open + 1
  while (i < tokens.length && tokens[i]?.text !== '}') {
    const [key, colon] = [tokens[i], tokens[i + 1]]
    if (!key || key.kind === 'mark' || colon?.text !== ':') return undefined
    found.set(key.text, i + 2)
    i = valueEnd(tokens, i + 2)
    if (tokens[i]?.text === ',') i++
  }
  return i < tokens.length ? found : undefined
}

/** Index of the `,` or `}` that ends a value. */
function valueEnd(tokens: readonly Token[], from: number): number {
  let depth = 0
  for (let i = from; i < tokens.length; i++) {
    const { kind, text } = tokens[i] as Token
    if (kind !== 'mark') continue
    if (depth === 0 && (text === ',' || text === '}')) return i
    if ('([{'.includes(text)) depth++
    if (')]}'.includes(text)) depth--
  }
  return tokens.length
}

/** A value as text; undefined where the property is not there, null where it has to be computed. */
function value(tokens: readonly Token[], at: number | undefined): string | undefined | null {
  if (at === undefined) return undefined
  const parts = tokens.slice(at, valueEnd(tokens, at))
  const strings = parts.filter((t) => t.kind === 'string').map((t) => t.text)
  // An escape or a ${…} means more than the characters that are written.
  if (strings.some((text) => text.includes('\\') || text.includes('${'))) return null
  if (parts.length === 1 && strings.length === 1) return strings[0] as string
  const shape = parts.map((t) => (t.kind === 'string' ? 's' : t.text)).join('')
  return /^(path\.)?join\(s(,s)*,?\)$/.test(shape) ? strings.join('/') : null
}
