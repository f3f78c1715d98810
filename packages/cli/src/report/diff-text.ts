import { structuredPatch } from 'diff'
import { count, type Style } from './style.ts'

/** One file before and after; undefined where it is not there. `path` as shown. */
export interface FileChange {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** Generated files of which only the number of lines is shown. */
const GENERATED = /\.json$/

/** The changes as a coloured unified diff. Generated JSON (plans, snapshots) is only counted; a file that is kept elsewhere is shown as moved. */
export function diffText(changes: readonly FileChange[], style: Style): string {
  const moves = movesIn(changes)
  const targets = new Set(moves.values())
  return changes
    .filter((change) => !targets.has(change))
    .map((change) => {
      const target = moves.get(change)
      return target ? `${style.paint.yellow('moved')}  ${style.paint.bold(change.path)}\n    to ${target.path}` : fileText(change, style)
    })
    .join('\n')
}

/** Removed files with the new file that has the same text. */
function movesIn(changes: readonly FileChange[]): Map<FileChange, FileChange> {
  const moves = new Map<FileChange, FileChange>()
  for (const change of changes) {
    if (change.after !== undefined) continue
    const target = changes.find((other) => other.before === undefined && other.after === change.before)
    if (target) moves.set(change, target)
  }
  return moves
}

function fileText({ path, before, after }: FileChange, style: Style): string {
  const { paint } = style
  const what = before === undefined ? paint.green('new') : after === undefined ? paint.red('removed') : paint.yellow('changed')
  const head = `${what}  ${paint.bold(path)}`
  if (GENERATED.test(path)) return `${head}  ${paint.dim(`(${count(lines(after ?? before), 'line')})`)}`
  const { hunks } = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, { context: 3 })
  return [head, ...hunks.flatMap((hunk) => hunk.lines.map((line) => painted(line, style)))].join('\n')
}

function lines(text = ''): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

function painted(line: string, { paint }: Style): string {
  if (line.startsWith('+')) return `  ${paint.green(line)}`
  if (line.startsWith('-')) return `  ${paint.red(line)}`
  return `  ${paint.dim(line)}`
}
