import { existsSync, readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '@expand-contract/core'
import { readJournal } from './journal.ts'
import { isObject, readObject } from './json.ts'

/** `drizzle-journal`: Drizzle Kit 0.3x. `drizzle-v1`: one folder for each migration. */
export type Format = 'drizzle-journal' | 'drizzle-v1'

const POSTGRES = ['postgresql', 'postgres', 'pg']
/** Name of one migration's folder, in v1 and in Prisma: no project lies in one. */
export const STAMPED = /^\d{14}_/

/** How a folder keeps migrations, or undefined where it is not a folder of Drizzle migrations. */
export function formatOf(folder: string, names = subfolders(folder)): Format | undefined {
  if (existsSync(path.join(folder, 'meta', '_journal.json'))) return 'drizzle-journal'
  // Prisma's folders have the same names; its lock file tells them apart at one look, and only Drizzle's hold a snapshot.
  if (existsSync(path.join(folder, 'migration_lock.toml'))) return undefined
  const holds = (name: string, file: string): boolean => existsSync(path.join(folder, name, file))
  const isV1 = names.some((name) => STAMPED.test(name) && holds(name, 'snapshot.json') && holds(name, 'migration.sql'))
  return isV1 ? 'drizzle-v1' : undefined
}

/** Folders with a `migration.sql`, in the order in which the v1 migrator runs them. */
export function migrationFolders(folder: string): string[] {
  return subfolders(folder)
    .filter((name) => existsSync(path.join(folder, name, 'migration.sql')))
    .sort((a, b) => a.localeCompare(b))
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [e.name] : []))
  } catch {
    return []
  }
}

/** What database the migrations of a folder are for, as its own files say; undefined where they don't. */
export async function dialectOf(folder: string, format: Format): Promise<string | undefined> {
  if (format === 'drizzle-journal') return (await readJournal(folder))?.dialect
  for (const name of migrationFolders(folder)) {
    const snapshot = await readObject(path.join(folder, name, 'snapshot.json'))
    if (isObject(snapshot) && typeof snapshot.dialect === 'string') return snapshot.dialect
  }
  return undefined
}

export function isPostgres(dialect: string | undefined): boolean {
  return dialect === undefined || POSTGRES.includes(dialect)
}

/** Throws {@link UserError} for a database that is not PostgreSQL. `where` is the file that says so. */
export function requirePostgres(dialect: string | undefined, where: string): void {
  if (isPostgres(dialect)) return
  throw new UserError(
    `${where} is for ${dialect}, and expand-contract rewrites PostgreSQL migrations only: locks and DDL of other databases follow other rules. Point it at the folder of a PostgreSQL project.`,
  )
}

export async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false
}
