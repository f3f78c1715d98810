import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { History, Layout, SourceMigration } from '@expand-contract/core'

/**
 * The migrations in the order in which Prisma applies them. A folder without migration.sql is passed over (`prisma migrate deploy` stops at it with
 * P3015). Prisma never says what was renamed, so no migration carries intents.
 */
export async function read(layout: Layout): Promise<History> {
  const ids = subfolders(layout.migrations).sort(byName)
  // Hundreds of small files: read one after the other they cost a tenth of what they cost asked for all at once.
  const migrations = ids.map((id) => readMigration(layout, id))
  return { layout, migrations: migrations.filter((m) => m !== undefined) }
}

function subfolders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.filter((e) => e.isDirectory()).map((e) => e.name)
  } catch {
    return []
  }
}

function readMigration(layout: Layout, id: string): SourceMigration | undefined {
  // Hundreds of paths: joined by hand they cost nothing.
  const file = [layout.migrations, id, 'migration.sql'].join(path.sep)
  try {
    return { id, path: file, text: readFileSync(file, 'utf8'), intents: [] }
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** Prisma's order of migrations: by language rules since its CLI lists them (6.x), by bytes before. They agree on names that Prisma makes. */
export function byName(a: string, b: string): number {
  // Where the timestamps differ they decide in any language, and asking the language is slow.
  const [first, second] = [a.slice(0, DIGITS), b.slice(0, DIGITS)]
  if (first !== second && TIMESTAMP.test(first) && TIMESTAMP.test(second)) return first < second ? -1 : 1
  return a.localeCompare(b, 'en')
}

const DIGITS = 14
const TIMESTAMP = /^\d{14}$/

/** True where both of Prisma's orders put `a` before `b`. */
export function isBefore(a: string, b: string): boolean {
  return byName(a, b) < 0 && Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
}
