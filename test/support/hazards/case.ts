import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SENDINGS, type Sending } from '@expand-contract/core'

/** Folder of the case files. */
const FOLDER = join(import.meta.dirname, '..', '..', 'hazards')

/**
 * One case: a migration on a schema with rows, what a real server does, and what `check` says of it. A file holds many, each under `-- ## H04 in words`; what stands
 * above the first of them is the `before` that all of the file share.
 */
export interface HazardCase {
  /** `add-column: H04 a volatile default copies the table` */
  readonly name: string
  /** SQL of the history before, and rows. */
  readonly before: string
  readonly migration: string
  /** How the ORM sends the file: `-- transaction`, `-- query` (default), `-- statements`. */
  readonly sending: Sending
  /** Statements of code that ran before the migration, one a line: which of them fail after it, and how, is part of the truth. */
  readonly oldCode: readonly string[]
  /** A statement of another session while the migration's transaction is open: `meanwhile: waits` in the truth. */
  readonly meanwhile: string | undefined
  /** What another session has done, and not committed, while the migration runs. */
  readonly beside: string | undefined
  /** The safe sequence of a hazard that only takes a brief lock: runs after `before` as well, and must take weaker locks. One statement a line. */
  readonly instead: readonly string[]
  readonly versions: Versions
  /** What the server does: lines as {@link Observed} prints them, each with the versions that it holds for. */
  readonly truth: readonly Line[]
  /** `line:column code`, with `(advice)` behind it where the truth shows no harm but `instead` shows a weaker lock. */
  readonly check: readonly Line[]
}

interface Versions {
  readonly from: number
  readonly to: number
}

interface Line {
  readonly versions: Versions
  readonly text: string
}

const ALL: Versions = { from: 14, to: 18 }

/** All cases of all files. */
export function hazardCases(): HazardCase[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .flatMap((file) => casesOf(basename(file, '.sql'), readFileSync(join(FOLDER, file), 'utf8')))
}

/** Lines that hold for one version. */
export function linesFor(lines: readonly Line[], version: number): string[] {
  return lines.filter(({ versions }) => covers(versions, version)).map(({ text }) => text)
}

export function covers({ from, to }: Versions, version: number): boolean {
  return from <= version && version <= to
}

function casesOf(topic: string, text: string): HazardCase[] {
  const [shared = '', ...rest] = text.split(/^-- ## /m)
  const common = sectionsOf(shared).get('before') ?? ''
  return rest.map((one) => {
    const sections = sectionsOf(one)
    const title = one.slice(0, one.indexOf('\n')).trim()
    const lines = (key: string): string[] => (sections.get(key) ?? '').split('\n').filter((l) => l.trim() !== '')
    const notes = (key: string): Line[] => lines(key).map((l) => lineOf(l.replace(/^-- /, '')))
    const sending = (lines('sent')[0] ?? '-- query').replace('-- ', '') as Sending
    if (!SENDINGS.includes(sending)) throw new Error(`${topic}: ${title}: no such way to send: ${sending}`)
    return {
      name: `${topic}: ${title}`,
      before: `${common}\n${sections.get('before') ?? ''}`,
      migration: (sections.get('migration') ?? '').replace(/\n+$/, '\n'),
      sending,
      oldCode: lines('old code'),
      meanwhile: lines('meanwhile')[0],
      beside: lines('beside')[0],
      instead: lines('instead'),
      versions: versionsOf((lines('postgres')[0] ?? '').replace('-- ', '')),
      truth: notes('truth'),
      check: notes('check'),
    }
  })
}

function sectionsOf(text: string): Map<string, string> {
  const sections = new Map<string, string>()
  let name = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('-- # ')) name = line.slice('-- # '.length).trim()
    else if (name) sections.set(name, `${sections.get(name) ?? ''}${line}\n`)
  }
  return sections
}

/** `[15-17] text`, `[18] text`, or text for all versions. */
function lineOf(line: string): Line {
  const found = /^\[([\d-]+)\] /.exec(line)
  return found ? { versions: versionsOf(found[1] ?? ''), text: line.slice(found[0].length) } : { versions: ALL, text: line }
}

function versionsOf(written: string): Versions {
  if (written === '') return ALL
  const [from = 14, to = from] = written.split('-').map(Number)
  return { from, to }
}
