import { UserError } from './adapter.ts'
import { type Catalog, EMPTY_CATALOG, EVERYTHING } from './catalog/catalog.ts'
import { applyScript } from './replay/replay.ts'
import { readScript } from './sql/read.ts'
import { tokenEnd } from './sql/tokens.ts'
import { skipTrivia } from './sql/trivia.ts'

/**
 * The schema in the text of `pg_dump --schema-only`, replayed. Lines for psql (`\connect`, `\restrict`) and rows behind COPY are passed over. What can't be followed is
 * marked in {@link Catalog.incomplete}, with `name` for the migration. Throws {@link UserError}, which names the file as `name`, where the text is no such dump.
 */
export function readDump(text: string, name: string): Catalog {
  if (text.startsWith('PGDMP')) {
    throw new UserError(
      `${name} is a dump in pg_dump's custom format, which only pg_restore reads. Make SQL of it:\n  pg_restore --schema-only --file schema.sql ${name}`,
    )
  }
  const script = readScript(withoutPsql(text))
  if (script.unreadable) {
    const { line, message } = script.unreadable
    throw new UserError(
      `${name}, line ${line}: not SQL that PostgreSQL 18 reads (${message}). A dump is expected as this gives it:\n  pg_dump --schema-only --file schema.sql <database>`,
    )
  }
  const { after } = applyScript(EMPTY_CATALOG, script, name)
  if (after.tables.size === 0 && !after.incomplete.has(EVERYTHING)) {
    throw new UserError(
      `${name} makes no table, so it can't be the schema of the database before a migration. Dump the whole schema:\n  pg_dump --schema-only --file schema.sql <database>`,
    )
  }
  return after
}

const BACKSLASH = 0x5c
const SEMICOLON = 0x3b
const NEWLINE = 0x0a
const SPACE = 0x20

/** The text with psql's own lines and COPY's rows blanked, so that lines stay what they are. */
function withoutPsql(text: string): string {
  const bytes = Buffer.from(text)
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (bytes[i] !== NEWLINE) bytes[i] = SPACE
  }
  const end = bytes.length
  let words: string[] = []
  for (let at = skipTrivia(bytes, 0, end); at < end; ) {
    if (words.length === 0 && bytes[at] === BACKSLASH) {
      blank(at, lineEnd(bytes, at))
    } else if (bytes[at] === SEMICOLON) {
      at++
      if (isCopyIn(words)) {
        const rows = lineEnd(bytes, at)
        const until = rowsEnd(bytes, rows)
        blank(rows, until)
        at = until
      }
      words = []
    } else {
      const stop = Math.min(tokenEnd(bytes, at, end), end)
      if (words.length < 2) words.push(bytes.toString('utf8', at, stop).toUpperCase())
      else words[2] = bytes.toString('utf8', at, stop).toUpperCase()
      at = stop
    }
    at = skipTrivia(bytes, at, end)
  }
  return bytes.toString()
}

/** First word and last word of a statement: `COPY … FROM stdin`. */
function isCopyIn(words: readonly string[]): boolean {
  return words[0] === 'COPY' && words.at(-1) === 'STDIN'
}

function lineEnd(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(NEWLINE, from)
  return at < 0 ? bytes.length : at
}

/** Behind the line `\.` that ends the rows. */
function rowsEnd(bytes: Buffer, from: number): number {
  const at = bytes.indexOf('\n\\.', from)
  return at < 0 ? bytes.length : lineEnd(bytes, at + 1)
}
