import { existsSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '@expand-contract/core'
import { readIfThere } from '../read-if-there.ts'

/** Name of the file where nobody says another. */
export const BASELINE_FILE = 'expand-contract.baseline.json'

/** One finding that was there when the baseline was written. No line numbers: edits elsewhere in the file leave it valid. */
export interface BaselineEntry {
  /** Folder of the migrations, relative to the baseline's, with forward slashes. */
  readonly in: string
  readonly migration: string
  /** The hazard, or what else was found: `not-read`, `allow-in-part`, … */
  readonly code: string
  readonly on: string
  /** Start of a SHA-256 over the statement's tokens: comments and white space do not count. */
  readonly statement: string
}

/** Known findings and the file that they come from, absolute. */
export interface Baseline {
  readonly file: string
  readonly entries: readonly BaselineEntry[]
}

const FIELDS = ['in', 'migration', 'code', 'on', 'statement'] as const

/** The file that is meant: the named one, else the nearest in `cwd` or above it up to the repository's root, else where a new one belongs. */
export function baselinePath(cwd: string, named: string | undefined, home: string): string {
  if (named !== undefined) return path.resolve(cwd, named)
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const file = path.join(folder, BASELINE_FILE)
    if (existsSync(file)) return file
    if (existsSync(path.join(folder, '.git')) || path.dirname(folder) === folder) return path.join(home, BASELINE_FILE)
  }
}

/** The baseline, or undefined where the file is not there. Throws {@link UserError} where it is something else. */
export async function readBaseline(file: string): Promise<Baseline | undefined> {
  const bytes = await readIfThere(file)
  if (!bytes) return undefined
  const value = parse(bytes.toString('utf8'))
  if (typeof value?.version === 'number' && value.version > 1) {
    throw new UserError(`${file} was written by a newer expand-contract. Run: npm install expand-contract@latest`)
  }
  const entries = value?.version === 1 && Array.isArray(value.findings) ? value.findings : undefined
  if (!entries?.every(isEntry)) {
    throw new UserError(
      `${file} is not a baseline that this command wrote, so nobody knows which findings are new. Restore it from git, or write it anew: npx expand-contract check --write-baseline`,
    )
  }
  return { file, entries }
}

function parse(text: string): { readonly version?: unknown; readonly findings?: unknown } | null | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isEntry(value: unknown): value is BaselineEntry {
  return typeof value === 'object' && value !== null && FIELDS.every((f) => typeof (value as Record<string, unknown>)[f] === 'string')
}

/** One text for one entry. */
export function entryKey(entry: BaselineEntry): string {
  return JSON.stringify(FIELDS.map((f) => entry[f]))
}

/** The file's text: sorted, one finding a line, so that a diff shows what came and went. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  const lines = entries
    .map((entry) => ({ key: entryKey(entry), line: JSON.stringify(Object.fromEntries(FIELDS.map((f) => [f, entry[f]]))) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ line }) => `    ${line}`)
  const findings = lines.length > 0 ? `[\n${lines.join(',\n')}\n  ]` : '[]'
  return `{\n  "version": 1,\n  "findings": ${findings}\n}\n`
}
