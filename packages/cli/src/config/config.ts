import type { Intent } from '@expand-contract/core'

/** `expand-contract.config.ts`. Everything is optional: a fresh Prisma or Drizzle project needs none. */
export interface Config {
  /** The oldest PostgreSQL major version that migrations must be safe on, 14 to 18. Default: 14. */
  readonly postgres?: number
  /** Folder or folders of the projects, relative to the configuration file. Default: found from the working directory. */
  readonly project?: string | readonly string[]
  /** Name of the environment variable that holds the URL of a server for shadow databases. Default: a PostgreSQL that comes from npm. */
  readonly database?: string
  /** How `deploy` keeps what a plan's steps take away: see `--keep`. Default: not at all. */
  readonly keep?: 'copy' | 'soft-drop' | 'restore-point'
  /** Days after which `clean` removes what was kept. Default: 30. */
  readonly keepDays?: number
  /** Answers that hold for migrations of this project, as the flags of `expand-contract rewrite` give them. */
  readonly intents?: readonly Exclude<Intent, { kind: `unused${string}` }>[]
}

/** A configuration and the folder that its paths are relative to. */
export interface LoadedConfig {
  readonly config: Config
  /** Absolute. */
  readonly folder: string
  /** Absolute, or undefined where there is no file. */
  readonly file: string | undefined
}

/** The oldest major version that is supported, and what plans are made for where nobody says otherwise: safe on it is safe on all. */
export const DEFAULT_POSTGRES = 14
