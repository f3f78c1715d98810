import { type Intent, UserError } from '@expand-contract/core'
import { DEFAULT_POSTGRES, type LoadedConfig } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import type { Io } from '../io.ts'
import { type Style, style } from '../report/style.ts'

/** What every command starts from. */
export interface Context {
  readonly io: Io
  readonly config: LoadedConfig
  readonly style: Style
  /** The oldest PostgreSQL major version to be safe on: by flag, by configuration, or the oldest supported. */
  readonly postgres: number
  /** Who says so. */
  readonly postgresBy: 'flag' | 'database' | 'dump' | 'configuration' | 'default'
  readonly configured: readonly Intent[]
}

export async function openContext(io: Io, flags: { readonly postgres?: number | undefined }): Promise<Context> {
  const config = await loadConfig(io.cwd)
  return {
    io,
    config,
    style: style(io.colors, io.width),
    postgres: flags.postgres ?? config.config.postgres ?? DEFAULT_POSTGRES,
    postgresBy: flags.postgres !== undefined ? 'flag' : config.config.postgres !== undefined ? 'configuration' : 'default',
    configured: config.config.intents ?? [],
  }
}

/** The URL of a server for shadow databases, by flag or environment; never printed. Throws {@link UserError} where the configured variable is not set. */
export function databaseUrl({ io, config }: Context, flag: string | undefined): string | undefined {
  const named = config.config.database
  if (flag !== undefined) return flag
  if (named === undefined) return io.env.EXPAND_CONTRACT_DATABASE_URL || undefined
  const url = io.env[named]
  if (url) return url
  throw new UserError(
    `The environment variable ${named}, which "database" in ${config.file} names, is not set. Set it to the URL of a PostgreSQL server for shadow databases, or remove "database" to use the PostgreSQL that comes from npm.`,
  )
}
