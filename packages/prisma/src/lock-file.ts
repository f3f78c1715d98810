import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '@expand-contract/core'

/** The file by which Prisma ties a migrations folder to one kind of database. */
export const LOCK_FILE = 'migration_lock.toml'

/** Throws {@link UserError} where the folder's lock file names another database than PostgreSQL or names none. No lock file is no error. */
export async function checkLockFile(migrations: string): Promise<void> {
  const file = path.join(migrations, LOCK_FILE)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return
  const found = [...text.matchAll(/^[^\S\n]*provider[^\S\n]*=[^\S\n]*(["'])(.*?)\1/gm)].map((m) => m[2] ?? '')
  const [provider] = found
  if (provider === undefined || new Set(found).size > 1) {
    throw new UserError(
      `${file} names ${provider === undefined ? 'no provider' : 'several providers'}, so Prisma itself would stop. Restore it from version control, or write one line: provider = "postgresql"`,
    )
  }
  checkProvider(provider, file)
}

/** Throws {@link UserError} for every database but PostgreSQL. */
export function checkProvider(provider: string, file: string): void {
  if (provider === 'postgresql' || provider === 'postgres') return
  throw new UserError(
    `${file} says provider "${provider}". expand-contract plans for PostgreSQL only: locks, triggers and constraints of ${provider} behave otherwise, so its plans would be wrong. Point the command at a PostgreSQL project.`,
  )
}
