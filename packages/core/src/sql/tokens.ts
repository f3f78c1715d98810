import type { ByteSpan } from './parser.ts'
import { isSpace, skipTrivia } from './trivia.ts'

/** One token as PostgreSQL's scanner cuts it: a name, a literal with its quotes, a number, an operator or a sign. */
export interface Piece extends ByteSpan {
  readonly text: string
}

/**
 * The tokens of a range of UTF-8 bytes, comments left out, cut as PostgreSQL's own scanner cuts them (src/backend/parser/scan.l), which a test compares. That one
 * answers in JSON and costs more than parsing; what is sliced out by these tokens is parsed before it counts.
 */
export function tokensIn(bytes: Buffer, from = 0, end = bytes.length): Piece[] {
  const found: Piece[] = []
  for (let at = skipTrivia(bytes, from, end); at < end; ) {
    const stop = Math.min(tokenEnd(bytes, at, end), end)
    found.push({
      start: at,
      end: stop,
      text: stop === at + 1 ? String.fromCharCode(bytes[at] as number) : bytes.toString('utf8', at, stop),
    })
    at = skipTrivia(bytes, stop, end)
  }
  return found
}

/** The tokens of a text. */
export function tokensOf(sql: string): Piece[] {
  return tokensIn(Buffer.from(sql))
}

const QUOTE = 0x27
const DOUBLE = 0x22
const BACKSLASH = 0x5c
const DOLLAR = 0x24
const DOT = 0x2e
const AND = 0x26

/** Behind the token that starts at `at`. */
export function tokenEnd(bytes: Buffer, at: number, end: number): number {
  const byte = bytes[at] as number
  const next = bytes[at + 1]
  if (isNameStart(byte)) {
    const lower = byte | 0x20
    if (next === QUOTE && lower === 0x65) return stringEnd(bytes, at + 1, end, true)
    if (next === QUOTE && (lower === 0x62 || lower === 0x78)) return stringEnd(bytes, at + 1, end, false)
    if (next === AND && lower === 0x75 && bytes[at + 2] === QUOTE) return stringEnd(bytes, at + 2, end, false)
    if (next === AND && lower === 0x75 && bytes[at + 2] === DOUBLE) return quotedEnd(bytes, at + 2, end, DOUBLE, false)
    return nameEnd(bytes, at + 1, end)
  }
  if (byte === QUOTE) return stringEnd(bytes, at, end, false)
  if (byte === DOUBLE) return quotedEnd(bytes, at, end, DOUBLE, false)
  if (byte === DOLLAR) return dollarEnd(bytes, at, end)
  if (isDigit(byte) || (byte === DOT && isDigit(next))) return numberEnd(bytes, at, end)
  if (isOperator(byte)) return operatorEnd(bytes, at, end)
  const pair = String.fromCharCode(byte, next ?? 0)
  return pair === '::' || pair === ':=' || pair === '..' ? at + 2 : at + 1
}

/** A literal goes on behind white space with a line break in it. */
function stringEnd(bytes: Buffer, quote: number, end: number, escapes: boolean): number {
  let stop = quotedEnd(bytes, quote, end, QUOTE, escapes)
  for (;;) {
    let at = stop
    let breaks = false
    for (; at < end && isSpace(bytes[at]); at++) breaks ||= bytes[at] === 0x0a || bytes[at] === 0x0d
    if (!breaks || bytes[at] !== QUOTE) return stop
    stop = quotedEnd(bytes, at, end, QUOTE, escapes)
  }
}

/** Behind the quote that closes the one at `open`: doubled quotes stand for themselves. */
function quotedEnd(bytes: Buffer, open: number, end: number, quote: number, escapes: boolean): number {
  for (let at = open + 1; at < end; at++) {
    if (escapes && bytes[at] === BACKSLASH) at++
    else if (bytes[at] === quote) {
      if (bytes[at + 1] !== quote) return at + 1
      at++
    }
  }
  return end
}

/** `$tag$ … $tag$`, or `$1`. */
function dollarEnd(bytes: Buffer, open: number, end: number): number {
  let at = open + 1
  if (isDigit(bytes[at])) return digitsEnd(bytes, at, end)
  while (at < end && bytes[at] !== DOLLAR && isNamePart(bytes[at] as number)) at++
  if (bytes[at] !== DOLLAR) return open + 1
  const close = bytes.indexOf(bytes.subarray(open, at + 1), at + 1)
  return close < 0 ? end : close + at + 1 - open
}

function numberEnd(bytes: Buffer, from: number, end: number): number {
  const base = bytes[from] === 0x30 ? (bytes[from + 1] ?? 0) | 0x20 : 0
  if (base === 0x78 || base === 0x6f || base === 0x62) return nameEnd(bytes, from + 2, end)
  let at = digitsEnd(bytes, from, end)
  // `1..10` is two numbers with two dots between them.
  if (bytes[at] === DOT && bytes[at + 1] !== DOT) at = digitsEnd(bytes, at + 1, end)
  if (((bytes[at] ?? 0) | 0x20) === 0x65) {
    const sign = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? 1 : 0
    if (isDigit(bytes[at + 1 + sign])) at = digitsEnd(bytes, at + 1 + sign, end)
  }
  return at
}

function digitsEnd(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && (isDigit(bytes[at]) || bytes[at] === 0x5f)) at++
  return at
}

/** The longest run of operator characters before a comment; a trailing + or - stands alone, unless the operator holds one of the rarer signs. */
function operatorEnd(bytes: Buffer, from: number, end: number): number {
  let at = from
  let rare = false
  for (; at < end && isOperator(bytes[at] as number); at++) {
    const pair = (bytes[at] as number) * 256 + (bytes[at + 1] ?? 0)
    if (at > from && (pair === 0x2d2d || pair === 0x2f2a)) break
    rare ||= RARE.has(bytes[at] as number)
  }
  while (!rare && at > from + 1 && (bytes[at - 1] === 0x2b || bytes[at - 1] === 0x2d)) at--
  return at
}

const OPERATORS = new Set(Buffer.from('~!@#^&|`?+-*/%<>='))
const RARE = new Set(Buffer.from('~!@#^&|`?%'))

const isOperator = (byte: number): boolean => OPERATORS.has(byte)

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

const isNameStart = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte >= 0x80

const isNamePart = (byte: number): boolean => isNameStart(byte) || isDigit(byte) || byte === DOLLAR

function nameEnd(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && isNamePart(bytes[at] as number)) at++
  return at
}
