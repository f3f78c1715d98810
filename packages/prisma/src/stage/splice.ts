import type { Block, Span } from '../psl.ts'
import type { SchemaFile } from '../schema.ts'

/** One edit of one file: the text between two positions is replaced. */
export interface Splice extends Span {
  readonly file: string
  readonly text: string
}

/** A block and the file that it stands in. */
export interface Placed {
  readonly file: string
  readonly source: string
  readonly block: Block
}

/** The files with the edits made; at one position they are made in the order given. */
export function spliced(files: readonly SchemaFile[], splices: readonly Splice[]): SchemaFile[] {
  return files.map(([file, source]): SchemaFile => {
    const own = splices.filter((s) => s.file === file).sort((a, b) => a.start - b.start || a.end - b.end)
    let out = ''
    let at = 0
    for (const { start, end, text } of own) {
      out += source.slice(at, Math.max(at, start)) + text
      at = Math.max(at, end)
    }
    return [file, out + source.slice(at)]
  })
}

/** A new line of a block behind its last field (or value), in the form of that one. */
export function addEntry({ file, source, block }: Placed, parts: { readonly name: string; readonly rest: string }): Splice {
  const last = block.entries.at(-1)
  const at = lineEnd(source, last?.end ?? block.start)
  const width = last?.type ? last.type.start - last.start : 0
  const line = parts.rest === '' ? parts.name : `${`${parts.name} `.padEnd(width)}${parts.rest}`
  return { file, start: at, end: at, text: `${newline(source)}${indent(source, last)}${line}` }
}

/** A new line of a block behind its last attribute. */
export function addAttribute({ file, source, block }: Placed, line: string): Splice {
  const last = block.attributes.at(-1) ?? block.entries.at(-1)
  const at = lineEnd(source, last?.end ?? block.start)
  return { file, start: at, end: at, text: `${newline(source)}${indent(source, last)}${line}` }
}

/** A new block at the end of a file. */
export function addBlock([file, source]: SchemaFile, head: string, lines: readonly string[]): Splice {
  const nl = newline(source)
  const at = source.trimEnd().length
  return { file, start: at, end: at, text: `${nl}${nl}${head} {${nl}${lines.map((line) => `  ${line}${nl}`).join('')}}` }
}

/** Takes away the whole lines of an entry or a block's attribute, comments at their ends included. */
export function removeLines({ file, source }: Placed, { start, end }: Span): Splice {
  const from = source.lastIndexOf('\n', start - 1)
  return { file, start: source[from - 1] === '\r' ? from - 1 : from, end: lineEnd(source, end), text: '' }
}

/** Takes away a block and the empty lines before it. */
export function removeBlock({ file, source, block }: Placed): Splice {
  return { file, start: source.slice(0, block.start).trimEnd().length, end: block.end, text: '' }
}

/** Takes away something inside a line, and the space before it. */
export function removeInline({ file, source }: Placed, { start, end }: Span): Splice {
  return { file, start: source.slice(0, start).trimEnd().length, end, text: '' }
}

/** Takes away the note behind an entry: it no longer leaves. */
export function unnote({ file, source }: Placed, { end }: Span): Splice[] {
  const rest = source.slice(end, lineEnd(source, end))
  return /^\s*\/\/ leaves with the contract of /.test(rest) ? [{ file, start: end, end: end + rest.length, text: '' }] : []
}

/** The file that new blocks go to: the first with a model in it. */
export function homeFile(files: readonly SchemaFile[]): SchemaFile | undefined {
  return files.find(([, text]) => /^\s*model\s/m.test(text)) ?? files[0]
}

/** End of the line without its line break. */
function lineEnd(source: string, from: number): number {
  const at = source.indexOf('\n', from)
  if (at < 0) return source.length
  return source[at - 1] === '\r' ? at - 1 : at
}

function newline(source: string): string {
  return source.includes('\r\n') ? '\r\n' : '\n'
}

function indent(source: string, beside: Span | undefined): string {
  if (!beside) return '  '
  return source.slice(source.lastIndexOf('\n', beside.start - 1) + 1, beside.start)
}
