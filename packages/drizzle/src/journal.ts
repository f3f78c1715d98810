import { join } from 'node:path'
import { UserError } from '@expand-contract/core'
import { isObject, parseObject, readText } from './json.ts'

/** One migration in the journal of Drizzle Kit 0.3x. Fields that are not ours stay as they are. */
export interface Entry {
  readonly idx: number
  /** Milliseconds since 1970: what the migrator compares with the last applied one. */
  readonly when: number
  /** Name of the SQL file without `.sql`. */
  readonly tag: string
  readonly [field: string]: unknown
}

/** `meta/_journal.json` of Drizzle Kit 0.3x. */
export interface Journal {
  readonly path: string
  readonly text: string
  readonly dialect: string
  readonly entries: readonly Entry[]
  /** The whole file as parsed, for writing it back. */
  readonly raw: Readonly<Record<string, unknown>>
}

export function journalPath(migrations: string): string {
  return join(migrations, 'meta', '_journal.json')
}

/** The journal of a migrations folder, or undefined where it has none. Throws {@link UserError} where the file is not a journal. */
export async function readJournal(migrations: string): Promise<Journal | undefined> {
  const path = journalPath(migrations)
  const text = await readText(path)
  if (text === undefined) return undefined
  const raw = parseObject(text, path)
  const { dialect, entries } = raw
  if (typeof dialect !== 'string' || !Array.isArray(entries) || !entries.every(isEntry)) {
    throw new UserError(
      `${path} is not a journal of Drizzle Kit (a dialect and entries with idx, when and tag), so the order of the migrations is not known. Restore it with\n  git checkout -- ${path}`,
    )
  }
  return { path, text, dialect, entries, raw }
}

function isEntry(value: unknown): value is Entry {
  return isObject(value) && typeof value.idx === 'number' && typeof value.when === 'number' && typeof value.tag === 'string'
}

/** Where the kit keeps the snapshot of a migration: named by what stands before the first `_` of its tag. */
export function snapshotPath(migrations: string, tag: string): string {
  return join(migrations, 'meta', `${tag.slice(0, Math.max(0, tag.indexOf('_')))}_snapshot.json`)
}
