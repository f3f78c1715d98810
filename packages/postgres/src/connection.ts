import { UserError } from '@expand-contract/core'
import { Client, type ClientConfig } from 'pg'

/** A connected client. A connection that the server ends while it is idle (DROP DATABASE … FORCE) fails its next query, not the process. */
export async function connect(config: ClientConfig): Promise<Client> {
  const client = new Client(config)
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return client
}

/** Runs `work` with a connected client and ends it. */
export async function using<T>(open: () => Promise<Client>, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await open()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The SQLSTATE or system code of an error (`28P01`, `ECONNREFUSED`), or empty. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** The connection string for another database of the same server. Throws {@link UserError}, which never repeats the string. */
export function withDatabase(url: string, database: string): string {
  const parsed = parse(url)
  parsed.pathname = `/${encodeURIComponent(database)}`
  return parsed.toString()
}

/** The database that a connection string names, `postgres` where it names none. */
export function databaseOf(url: string): string {
  return decodeURIComponent(parse(url).pathname.slice(1)) || 'postgres'
}

function parse(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'postgres:' || parsed?.protocol === 'postgresql:') return parsed
  throw new UserError(
    'The database URL can not be read (it is not repeated here, it may hold a password). It must look like\n' +
      '  postgresql://user:password@host:5432/database\nwith special characters in user and password percent-encoded.',
  )
}

/** By SQLSTATE or system code: what it means, and what to do. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at that host and port. Start the server, or correct host and port',
  ENOTFOUND: 'its host name is not known. Correct the host',
  EAI_AGAIN: 'its host name can not be looked up now. Check the network, then try again',
  ETIMEDOUT: 'it did not answer in time. Check host, port and firewall',
  EHOSTUNREACH: 'it can not be reached from here. Check host, port and firewall',
  ENETUNREACH: 'it can not be reached from here. Check host, port and firewall',
  ECONNRESET: 'it closed the connection. Check host, port and whether it asks for TLS (sslmode)',
  ENOENT: 'there is no socket at that path. Start the server, or correct the host parameter',
  '28P01': 'it refused the password. Correct user and password',
  '28000': 'it refuses this user from here. Check the user and the pg_hba.conf of the server',
  '3D000': 'the database does not exist. Correct the name of the database',
  '53300': 'it has no free connection. Close some, or raise max_connections',
  '57P03': 'it is starting up or shutting down. Try again in a moment',
  '42501': 'the user may not connect to that database (42501). Grant CONNECT, or choose another user',
}

/** What went wrong while connecting to the user's server, in words, without the connection string. */
export function connectError(error: unknown): UserError {
  const code = codeOf(error)
  // Messages of the driver and of the network may hold host, user or the string itself: only the code is shown.
  const said = code === '' ? 'it did not answer in time, or the driver gave up without a code' : `the code is ${code}`
  return new UserError(
    `Can't connect to the PostgreSQL server of the database URL: ${REASONS[code] ?? `${said}. Try it with psql to see why`}.`,
  )
}
