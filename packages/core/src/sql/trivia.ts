const NEWLINE = 0x0a
const DASH = 0x2d
const SLASH = 0x2f
const STAR = 0x2a

/** Position of the first byte at or behind `from` that is neither white space nor inside a comment, at most `end`. */
export function skipTrivia(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end) {
    if (isSpace(bytes[at])) at++
    else if (bytes[at] === DASH && bytes[at + 1] === DASH) at = lineEnd(bytes, at, end)
    else if (bytes[at] === SLASH && bytes[at + 1] === STAR) at = blockEnd(bytes, at, end)
    else return at
  }
  return end
}

/** White space as PostgreSQL's scanner has it. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d)
}

/** True where a comment may begin somewhere in the range: the bytes that open one are there, in a comment or not. */
export function mayHoldComment(bytes: Uint8Array, from: number, end: number): boolean {
  for (let i = from; i + 1 < end; i++) {
    const byte = bytes[i]
    if ((byte === DASH && bytes[i + 1] === DASH) || (byte === SLASH && bytes[i + 1] === STAR)) return true
  }
  return false
}

function lineEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== NEWLINE && bytes[at] !== 0x0d) at++
  return at
}

/** Block comments nest in PostgreSQL. */
function blockEnd(bytes: Uint8Array, from: number, end: number): number {
  let depth = 0
  let at = from
  while (at < end) {
    if (bytes[at] === SLASH && bytes[at + 1] === STAR) {
      depth++
      at += 2
    } else if (bytes[at] === STAR && bytes[at + 1] === SLASH) {
      depth--
      at += 2
      if (depth === 0) return at
    } else at++
  }
  return end
}
