import { parseExpression } from '../sql/expression.ts'
import { type PgNode, SqlSyntaxError, untag } from '../sql/parser.ts'
import { printedName } from '../sql/printed-name.ts'
import { strings } from '../sql/relation.ts'
import { quoteText } from '../sql/sql.ts'

/** What an expression gives, as text; of an array its elements. */
export type Value = string | readonly string[]

/** What variables of a PL/pgSQL body hold at some point, by name; fields of records as `record.field`. One that is missing is not known. */
export type Values = ReadonlyMap<string, Value>

/** What an expression of a PL/pgSQL body gives, where its text and what is known of variables tell it; undefined where they don't. */
export function valueIn(expression: string, values: Values): Value | undefined {
  try {
    return evaluate(parseExpression(expression), values)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}

/** The same for a node of PostgreSQL's tree. */
export function evaluate(node: PgNode | undefined, values: Values): Value | undefined {
  const [tag, n] = untag(node)
  switch (tag) {
    case 'A_Const':
      if (n.sval) return (n.sval.sval as string | undefined) ?? ''
      return n.ival ? String(n.ival.ival ?? 0) : (n.fval?.fval as string | undefined)
    case 'ColumnRef':
      return values.get(strings(n.fields).join('.'))
    case 'A_ArrayExpr':
      return texts(n.elements, values)
    case 'TypeCast':
      return cast(evaluate(n.arg, values), n.typeName)
    case 'A_Expr':
      return n.kind === 'AEXPR_OP' && n.lexpr
        ? operate(strings(n.name).at(-1), evaluate(n.lexpr, values), evaluate(n.rexpr, values))
        : undefined
    case 'FuncCall':
      return call(strings(n.funcname).at(-1) ?? '', texts(n.args, values))
    default:
      return undefined
  }
}

function texts(nodes: readonly PgNode[] | undefined, values: Values): readonly string[] | undefined {
  const found = (nodes ?? []).map((node) => evaluate(node, values))
  return found.every((value) => typeof value === 'string') ? found : undefined
}

/** The value as a variable of that type holds it; undefined for types that may print it in another way. */
export function cast(value: Value | undefined, type: PgNode | undefined): Value | undefined {
  const isArray = (type?.arrayBounds ?? []).length > 0
  const name = type?.typmods ? '' : (strings(type?.names).at(-1) ?? '')
  if (value === undefined) return undefined
  if (typeof value !== 'string') return isArray ? each(value, name) : undefined
  if (!isArray) return scalar(value, name)
  return isList(value) ? each(elements(value), name) : undefined
}

function each(list: readonly string[], type: string): readonly string[] | undefined {
  const found = list.map((value) => scalar(value, type))
  return found.every((value) => value !== undefined) ? found : undefined
}

function scalar(value: string, type: string): string | undefined {
  if (['text', 'varchar'].includes(type)) return value
  if (type === 'name') return Buffer.byteLength(value) < 64 ? value : undefined
  return ['int2', 'int4', 'int8'].includes(type) && isInteger(value) ? value : undefined
}

/** Without quotes and inner braces, which few write. */
function isList(text: string): boolean {
  return /^\{[^{}"\\\s]*\}$/.test(text)
}

function elements(list: string): string[] {
  return list === '{}' ? [] : list.slice(1, -1).split(',')
}

export function isInteger(text: string): boolean {
  return /^(0|-?[1-9]\d{0,8})$/.test(text)
}

function operate(operator: string | undefined, left: Value | undefined, right: Value | undefined): string | undefined {
  if (typeof left !== 'string' || typeof right !== 'string') return undefined
  if (operator === '||') return left + right
  if (!isInteger(left) || !isInteger(right)) return undefined
  const [a, b] = [Number(left), Number(right)]
  const result = operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : undefined
  return result === undefined ? undefined : String(result)
}

function call(name: string, args: readonly string[] | undefined): Value | undefined {
  const [first = '', second = '', third = ' '] = args ?? []
  if (args === undefined || args.length === 0) return undefined
  switch (name) {
    case 'format':
      return format(first, args.slice(1))
    case 'concat':
      return args.join('')
    case 'quote_ident':
      return printedName(first)
    case 'quote_literal':
      return quoteText(first)
    case 'lower':
      return ASCII.test(first) ? first.toLowerCase() : undefined
    case 'upper':
      return ASCII.test(first) ? first.toUpperCase() : undefined
    case 'lpad':
      return isInteger(second) && third.length === 1 ? first.padStart(Number(second), third).slice(0, Number(second)) : undefined
    case 'replace':
      return args.length === 3 && second !== '' ? first.replaceAll(second, () => third) : undefined
    case 'string_to_array':
      return args.length === 2 && second !== '' ? (first === '' ? [] : first.split(second)) : undefined
    default:
      return undefined
  }
}

const ASCII = /^[\x20-\x7e]*$/

/** PostgreSQL's format(): `%s`, `%I`, `%L`, with positions; undefined for widths and where arguments are missing. */
export function format(pattern: string, args: readonly string[]): string | undefined {
  let next = 0
  let isPlain = true
  const filled = pattern.replaceAll(/%(?:%|(?:(\d+)\$)?([sIL]))|%/g, (found, position?: string, kind?: string) => {
    if (found === '%%') return '%'
    if (position !== undefined) next = Number(position) - 1
    const value = kind === undefined ? undefined : args[next++]
    if (value === undefined) isPlain = false
    if (value === undefined || kind === 's') return value ?? ''
    return kind === 'I' ? printedName(value) : quoteText(value)
  })
  return isPlain ? filled : undefined
}
