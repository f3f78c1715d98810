import { UserError } from '@expand-contract/core'
import { type MigrationConfig, migrateOn } from './migrate-on.ts'

export type { MigrationConfig } from './migrate-on.ts'

/** What `postgres()` has made of what it was given. */
interface Options {
  readonly host?: readonly string[]
  readonly port?: readonly number[]
  /** The socket's file, `…/.s.PGSQL.5432`. */
  readonly path?: string | false
  readonly user?: string
  /** Or a function that gives it. */
  readonly pass?: unknown
  readonly database?: string
  readonly ssl?: unknown
}

/**
 * In the place of `migrate` of `drizzle-orm/postgres-js/migrator`: applies the same migrations and records them in the same table, but each step of a plan in the transaction that it
 * needs. Works on two connections of its own, made with `pg` to where those of `db` lead. Several processes that start at once take turns. The folder `expand-contract` must lie beside
 * the migrations folder, as in the repository. Throws where something is not as its plan says, or the database refuses it.
 */
export async function migrate(db: { readonly $client: object }, config: MigrationConfig | string): Promise<void> {
  await migrateOn(connectionOf(db.$client as { readonly options?: Options }), config)
}

function connectionOf({ options }: { readonly options?: Options }) {
  const { host, port, path, user, pass, database, ssl } = options ?? {}
  if (!Array.isArray(host) || !Array.isArray(port)) {
    throw new UserError(
      'The database given to migrate is not one of drizzle-orm/postgres-js: its $client was not made by postgres(). Create it with drizzle({ client: postgres(url) }), or run npx expand-contract deploy instead.',
    )
  }
  const socket = path ? path.replace(/\/\.s\.PGSQL\.\d+$/, '') : undefined
  return {
    host: socket ?? (host[0] as string),
    port: Number(port[0]),
    ...(user !== undefined && { user }),
    ...(database !== undefined && { database }),
    ...(pass !== undefined && pass !== null && { password: pass as string }),
    ...(ssl !== undefined && ssl !== false && { ssl: sslOf(ssl) as never }),
  }
}

/** postgres.js has the words of libpq for it; without certificates to check against it does not check, as libpq. */
function sslOf(ssl: unknown): unknown {
  if (ssl === 'verify-full' || ssl === true) return true
  return typeof ssl === 'string' ? { rejectUnauthorized: false } : ssl
}
