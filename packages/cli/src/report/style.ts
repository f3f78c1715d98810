import { createColors } from 'picocolors'

/** Colour functions; without colours they return the text unchanged. */
export type Paint = ReturnType<typeof createColors>

/** How a report looks. */
export interface Style {
  readonly paint: Paint
  /** Columns at which text is wrapped. */
  readonly width: number
}

export function style(colors: boolean, width: number): Style {
  return { paint: createColors(colors), width }
}

/** Wraps at spaces; every line starts with `indent`. A word that is too long keeps its line. Line breaks are kept, and lines that are indented (commands) whole. */
export function wrap(text: string, width: number, indent = ''): string {
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith('  ') ? [indent + line] : wrapLine(line, width, indent)))
    .join('\n')
}

function wrapLine(text: string, width: number, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, indent + line]
}

/** `1 hazard`, `2 hazards`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

/** The text with a capital at its start and a full stop at its end. */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}

/** `████████░░░░░░░░░░░░ 40 %`, of a part from 0 to 1. */
export function bar(part: number): string {
  const cells = 20
  const full = Math.max(0, Math.min(cells, Math.round(part * cells)))
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)} ${Math.floor(part * 100)} %`
}
