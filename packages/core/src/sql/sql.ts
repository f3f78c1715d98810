import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** PostgreSQL's limit for identifiers: 63 bytes (NAMEDATALEN - 1); the server cuts longer ones silently. */
export const MAX_IDENTIFIER_BYTES = 63

/** Quotes an identifier, always: `user` -> `"user"`, `we"ird` -> `"we""ird"`. */
export function quoteName(name: string): string {
  return name.includes('"') ? `"${name.replaceAll('"', '""')}"` : `"${name}"`
}

/** Quotes a text literal. A backslash makes it an `E''` literal, so the result is right whatever `standard_conforming_strings` says. */
export function quoteText(value: string): string {
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return value.includes('\\') ? `E${quoted}` : quoted
}

/** Lowercase hex SHA-256 of the UTF-8 text. */
export function checksum(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/**
 * A name for an object of ours, at most {@link MAX_IDENTIFIER_BYTES} bytes (not quoted): the parts joined by `_`; if that is too
 * long, cut and ended by a hash of the whole, so that different parts keep different names.
 */
export function objectName(...parts: string[]): string {
  const name = parts.join('_')
  if (Buffer.byteLength(name) <= MAX_IDENTIFIER_BYTES) return name
  const suffix = `_${checksum(name).slice(0, 8)}`
  let end = name.length
  while (Buffer.byteLength(name.slice(0, end)) > MAX_IDENTIFIER_BYTES - suffix.length) end--
  // A surrogate pair is never cut in two.
  if (/[\uD800-\uDBFF]/.test(name.charAt(end - 1))) end--
  return name.slice(0, end) + suffix
}

/** A dollar quote around a function body, with a tag that the body does not hold. */
export function dollarQuote(body: string): string {
  let tag = '$$'
  for (let i = 0; body.includes(tag); i++) tag = `$ec${i}$`
  return `${tag}${body}${tag}`
}

/** Slices a text by UTF-8 bytes, as the positions of `libpg-query` count. */
export function sliceBytes(text: string, start: number, end?: number): string {
  return Buffer.from(text).subarray(start, end).toString()
}
