import { randomBytes } from 'node:crypto'
import { quoteName, UserError } from '@expand-contract/core'
import type { Client, ClientConfig } from 'pg'
import { findBinaries, SUPPORTED } from './binaries.ts'
import { codeOf, connect, connectError, databaseOf, using, withDatabase } from './connection.ts'
import { startEmbedded } from './embedded.ts'

/** A PostgreSQL server for scratch databases. */
export interface Server {
  /** Major version: 14 to 18. */
  readonly major: number
  /** A connected client for one database; the caller ends it. */
  connect(database: string): Promise<Client>
  /** CREATE DATABASE, from `template0` where no template is named. On a user's server only names made by {@link shadowName}. */
  create(name: string, template?: string): Promise<void>
  /** DROP DATABASE, sessions in it ended. On a user's server only what this server value created. Absent databases are no error. */
  drop(name: string): Promise<void>
  /** Ends a server of ours with all its data. A user's server keeps running; databases that we created there and left are dropped. */
  stop(): Promise<void>
}

const PREFIX = 'expand_contract_shadow_'

/** A new name for a scratch database: `expand_contract_shadow_` and 16 random hexadecimal digits. */
export function shadowName(): string {
  return PREFIX + randomBytes(8).toString('hex')
}

/** Major versions that can be started here without a URL, newest first. */
export function installedVersions(): readonly number[] {
  return findBinaries().map((b) => b.major)
}

/**
 * The user's server behind `url`, or one of our own from npm: `version` (default: the newest installed). Throws {@link UserError} where
 * there is none, it can't be reached, or it is older or newer than the supported versions.
 */
export async function startServer(options: { version?: number; url?: string } = {}): Promise<Server> {
  return options.url === undefined ? ownServer(options.version) : usersServer(options.url, options.version)
}

async function ownServer(version: number | undefined): Promise<Server> {
  const embedded = await startEmbedded(version)
  const open = (database: string) => connect({ ...embedded.config, database })
  // Copying files is the fastest way where nothing is synced to disk; 14 knows no other and has no word for it.
  const strategy = embedded.major >= 15 ? ' STRATEGY file_copy' : ''
  return {
    major: embedded.major,
    connect: open,
    create: (name, template = 'template0') => createDatabase(() => open('postgres'), name, template, strategy),
    drop: (name) => dropDatabase(() => open('postgres'), name),
    stop: embedded.stop,
  }
}

async function usersServer(url: string, version: number | undefined): Promise<Server> {
  const open = (database: string) =>
    connect(clientConfig(url, database)).catch((error) => {
      throw connectError(error)
    })
  const admin = () => open(databaseOf(url))
  const major = await using(admin, async (client) => {
    const { rows } = await client.query<{ number: number }>(`select current_setting('server_version_num')::int as number`)
    return Math.trunc((rows[0]?.number ?? 0) / 10_000)
  })
  if (!SUPPORTED.includes(major)) {
    throw new UserError(`The server of the database URL is PostgreSQL ${major}; ${SUPPORTED[0]} to ${SUPPORTED.at(-1)} are supported.`)
  }
  if (version !== undefined && version !== major) {
    throw new UserError(
      `PostgreSQL ${version} was asked for, but the server of the database URL is ${major}. Ask for ${major}, or leave out the URL.`,
    )
  }
  const created = new Set<string>()
  const drop = async (name: string) => {
    if (!created.has(name)) throw new Error(`${name} was not created by this run: it is not ours to drop`)
    await dropDatabase(admin, name)
    created.delete(name)
  }
  return {
    major,
    connect: open,
    drop,
    create: async (name, template = 'template0') => {
      if (!name.startsWith(PREFIX))
        throw new Error(`${name} is not a name of a scratch database: none but those are created on this server`)
      await createDatabase(admin, name, template, '')
      created.add(name)
    },
    stop: async () => {
      for (const name of created) await drop(name)
    },
  }
}

function clientConfig(url: string, database: string): ClientConfig {
  return { connectionString: withDatabase(url, database), connectionTimeoutMillis: 15_000, application_name: 'expand-contract' }
}

async function createDatabase(admin: () => Promise<Client>, name: string, template: string, strategy: string): Promise<void> {
  await using(admin, async (client) => {
    try {
      await client.query(`CREATE DATABASE ${quoteName(name)} TEMPLATE ${quoteName(template)}${strategy}`)
    } catch (error) {
      if (codeOf(error) !== '42501') throw error
      throw new UserError(
        'The user of the database URL may not create databases, and the proof runs in a scratch database of its own. As a superuser run\n' +
          `  ALTER ROLE <user> CREATEDB;\nor leave out the URL to use the PostgreSQL that comes from npm.`,
      )
    }
  })
}

async function dropDatabase(admin: () => Promise<Client>, name: string): Promise<void> {
  await using(admin, (client) => client.query(`DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE)`))
}
