import { type Intent, parseStatement, SqlSyntaxError, type TableIntent, UserError } from '@expand-contract/core'
import { readColumn, readName, readTable, splitAnswer } from './column.ts'

/** The answers that a person can give by flag, as commander collects them. */
export interface AnswerFlags {
  readonly rename?: readonly string[]
  readonly map?: readonly string[]
  readonly move?: readonly string[]
  readonly drop?: readonly string[]
  readonly fill?: readonly string[]
  readonly convert?: readonly string[]
  readonly value?: readonly string[]
  readonly renameTable?: readonly string[]
  readonly dropTable?: readonly string[]
}

/** The flags as intents. Throws {@link UserError} where one can't be read or two contradict each other. */
export function answersOf(flags: AnswerFlags): Intent[] {
  const intents = [
    ...(flags.rename ?? []).map((text) => renameOrMap('rename', text)),
    ...(flags.map ?? []).map((text) => renameOrMap('map', text)),
    ...(flags.move ?? []).map(move),
    ...(flags.drop ?? []).map(drop),
    ...(flags.fill ?? []).map((text) => expression('fill', text, `"User.country='US'"`)),
    ...(flags.convert ?? []).map((text) => expression('convert', text, '"User.age=age::integer"')),
    ...(flags.value ?? []).map(value),
    ...(flags.renameTable ?? []).map(renameTable),
    ...(flags.dropTable ?? []).map((text): Intent => ({ kind: 'drop-table', table: readTable(text, '--drop-table') })),
  ]
  for (const [i, intent] of intents.entries()) {
    const other = intents.slice(0, i).find((o) => topic(o) === topic(intent))
    if (other) throw new UserError(`${flagOf(other)} and ${flagOf(intent)} answer the same question. Keep one of them.`)
  }
  return intents
}

function renameOrMap(kind: 'rename' | 'map', text: string): Intent {
  const { left, rest } = splitAnswer(text)
  if (!rest) throw new UserError(`--${kind} "${text}": expected the old column, "=" and its new name, such as --${kind} User.name=fullName`)
  return { kind, ...readColumn(left, `--${kind}`), to: readName(rest, `--${kind}`) }
}

function move(text: string): Intent {
  const { left, rest } = splitAnswer(text)
  if (!rest) throw new UserError(`--move "${text}": expected the old column, "=" and where it goes, such as --move User.bio=Profile.bio`)
  const { table: into, column: to } = readColumn(rest, '--move')
  return { kind: 'move', ...readColumn(left, '--move'), into, to }
}

function drop(text: string): Intent {
  const { left, rest } = splitAnswer(text)
  if (rest !== undefined) throw new UserError(`--drop "${text}": expected only a column, such as --drop User.name`)
  return { kind: 'drop', ...readColumn(left, '--drop') }
}

function expression(kind: 'fill' | 'convert', text: string, example: string): Intent {
  const { left, rest } = splitAnswer(text)
  if (!rest) throw new UserError(`--${kind} "${text}": expected a column, "=" and a SQL expression, such as --${kind} ${example}`)
  const column = readColumn(left, `--${kind}`)
  const problem = expressionProblem(rest)
  if (problem) throw new UserError(`--${kind} "${text}": ${problem}`)
  return { kind, ...column, with: rest }
}

function renameTable(text: string): Intent {
  const { left, rest } = splitAnswer(text)
  if (!rest)
    throw new UserError(`--rename-table "${text}": expected the old table, "=" and its new name, such as --rename-table User=Account`)
  return { kind: 'rename-table', table: readTable(left, '--rename-table'), to: readTable(rest, '--rename-table') }
}

function value(text: string): Intent {
  const { left, rest } = splitAnswer(text)
  if (!rest)
    throw new UserError(
      `--value "${text}": expected an enum, the value that goes, "=" and the one that takes its place, such as --value Role.GUEST=USER`,
    )
  const { table, column } = readColumn(left, '--value')
  return { kind: 'value', type: table, value: column, to: readName(rest, '--value') }
}

/** Why a text can't be the value of a column, or undefined where it is one SQL expression. */
export function expressionProblem(text: string): string | undefined {
  if (text.trim() === '') return 'a SQL expression is needed, such as \'US\', 0, now() or lower("email").'
  try {
    const select = parseStatement(`SELECT (${text}\n)`).SelectStmt
    if (select?.targetList?.length === 1 && select.fromClause === undefined) return undefined
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error
    return `"${text}" is not a SQL expression (${error.message}). Text goes in single quotes: '${text.replaceAll("'", "''")}'.`
  }
  return `"${text}" is more than one SQL expression.`
}

/** The intent as the flag that gives it, ready for a shell. */
export function flagOf(intent: Intent): string {
  if (intent.column === undefined) return enumOrTable(intent)
  const column = `${written(intent.table, /^[^\s"=]+$/)}.${written(intent.column)}`
  switch (intent.kind) {
    case 'rename':
    case 'map':
      return `--${intent.kind} ${shell(`${column}=${written(intent.to)}`)}`
    case 'fill':
    case 'convert':
      return `--${intent.kind} ${shell(`${column}=${intent.with}`)}`
    case 'move':
      return `--move ${shell(`${column}=${written(intent.into, /^[^\s"=]+$/)}.${written(intent.to)}`)}`
    case 'drop':
    case 'unused':
      return `--${intent.kind} ${shell(column)}`
  }
}

function enumOrTable(intent: TableIntent): string {
  if (intent.kind === 'value')
    return `--value ${shell(`${written(intent.type, /^[^\s"=]+$/)}.${written(intent.value)}=${written(intent.to)}`)}`
  if (intent.kind === 'rename-table')
    return `--rename-table ${shell(`${written(intent.table, /^[^\s"=]+$/)}=${written(intent.to, /^[^\s"=]+$/)}`)}`
  return `--${intent.kind} ${shell('table' in intent ? written(intent.table, /^[^\s"=]+$/) : intent.type)}`
}

function written(name: string, bare = /^[^\s".=]+$/): string {
  return bare.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** A word for a POSIX shell, quoted only where it must be. */
export function shell(text: string): string {
  if (/^[\w./:=@%+-]+$/.test(text)) return text
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`
}

/** Two intents of one topic about one column exclude each other: what becomes of it, what fills it, whether it is used. */
export function topic(intent: Intent): string {
  if (intent.kind === 'policy') return JSON.stringify([intent.kind, intent.table])
  if (intent.kind === 'rename-table' || intent.kind === 'drop-table') return JSON.stringify(['table', intent.table])
  if (intent.column === undefined)
    return JSON.stringify(intent.kind === 'value' ? [intent.kind, intent.type, intent.value] : [intent.kind, Object.values(intent)])
  const about = intent.kind === 'fill' || intent.kind === 'unused' ? intent.kind : 'fate'
  const table = intent.table.replaceAll('"', '').replace(/^public\./, '')
  return JSON.stringify([about, table, intent.column])
}

/** All intents, where an earlier layer's answer wins over a later one's: flags and prompts, the configuration, the ORM. */
export function mergeIntents(...layers: readonly (readonly Intent[])[]): Intent[] {
  const found = new Map<string, Intent>()
  for (const intent of layers.flat()) {
    if (!found.has(topic(intent))) found.set(topic(intent), intent)
  }
  return [...found.values()]
}
