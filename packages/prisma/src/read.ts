import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { History, Layout, SourceMigration } from '@expand-contract/core'

/**
 * The migrations in the order in which Prisma applies them. A folder without migration.sql is passed over (`prisma migrate deploy` stops at it with
 * P3015). Prisma never says what was renamed, so no migration carries intents.
 */
export async function read(layout: Layout): Promise<History> {
  const entries = await readdir(layout.migrations, { withFileTypes: true }).catch(() => [])
  const ids = entries
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort(byName)
  const migrations = await Promise.all(ids.map((id) => readMigration(layout, id)))
  return { layout, migrations: migrations.filter((m) => m !== undefined) }
}

async function readMigration(layout: Layout, id: string): Promise<SourceMigration | undefined> {
  const file = path.join(layout.migrations, id, 'migration.sql')
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return undefined
    throw error
  })
  // A Buffer decodes to text with its byte order mark: what is written back is what was read.
  return bytes && { id, path: file, text: bytes.toString('utf8'), intents: [] }
}

/** Prisma's order of migrations: by language rules since its CLI lists them (6.x), by bytes before. They agree on names that Prisma makes. */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en')
}

/** True where both of Prisma's orders put `a` before `b`. */
export function isBefore(a: string, b: string): boolean {
  return byName(a, b) < 0 && Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
}
