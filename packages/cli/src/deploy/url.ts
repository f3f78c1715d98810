import { UserError } from '@expand-contract/core'
import type { Io } from '../io.ts'

/**
 * The URL of the database to work on: by flag, else the environment variable that the ORM's own configuration names, else DATABASE_URL. Never printed. Throws {@link UserError}
 * where none is set.
 */
export function liveUrl(flag: string | undefined, named: readonly string[], { env }: Pick<Io, 'env'>): string {
  if (flag !== undefined) return flag
  const names = [...new Set([...named, 'DATABASE_URL'])]
  for (const name of names) {
    const url = env[name]
    if (url) return url
  }
  throw new UserError(
    `Which database? Set the environment variable ${names.join(' or ')} to its URL (.env files are not read here), or write --database <url>.`,
  )
}

/** Prisma's URLs name a schema. */
export function schemaIn(url: string): string | undefined {
  return (URL.canParse(url) && new URL(url).searchParams.get('schema')) || undefined
}
