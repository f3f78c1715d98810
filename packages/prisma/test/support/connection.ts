import { randomUUID } from 'node:crypto'
import type { Server } from '@expand-contract/postgres'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  ColumnTypeEnum,
  type ErrorRegistry,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import pg from 'pg'

/** How a migration file reaches the server. */
export type RunScript = (client: Pick<pg.Pool, 'query'>, script: string) => Promise<void>

export interface Connection {
  readonly pool: pg.Pool
  readonly factory: SqlMigrationAwareDriverAdapterFactory
  readonly errors: ErrorRegistry
  close(): Promise<void>
}

/** Prisma's driver adapter on one connection, as the native engine has it: a script is run by `run`, a shadow database is a database of its own. */
export async function connectTo(server: Server, database: string, run: RunScript): Promise<Omit<Connection, 'errors'>> {
  const main = await openPool(server, database)
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: 'postgres',
    adapterName: 'expand-contract-test',
    connect: () => adapterOn(main, run, async () => undefined),
    async connectToShadowDb() {
      const name = `shadow_${randomUUID().replaceAll('-', '')}`
      await server.create(name)
      const shadow = await openPool(server, name)
      return adapterOn(shadow, run, async () => {
        await shadow.end()
        await server.drop(name)
      })
    },
  }
  return { pool: main, factory, close: () => main.end() }
}

/** A pool of one connection whose answers the adapter understands: it knows no `"char"` and, in older releases, no `name`. */
class CatalogPool extends pg.Pool {
  /** Columns of type `"char"` in the last answer. */
  chars: number[] = []
}

async function openPool(server: Server, database: string): Promise<CatalogPool> {
  const probe = await server.connect(database)
  const { host, port, user = 'postgres', password = '' } = probe
  await probe.end()
  const pool = new CatalogPool({ host, port, user, password: password ?? '', database, max: 1, allowExitOnIdle: true })
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult>
  const translated = async (...args: unknown[]) => {
    const result = await query(...args)
    const results = Array.isArray(result) ? (result as pg.QueryResult[]) : [result]
    pool.chars = []
    for (const field of results.flatMap((r) => r.fields ?? [])) {
      if (field.dataTypeID === CHAR) pool.chars.push(results[0]?.fields.indexOf(field) ?? -1)
      if (field.dataTypeID === CHAR) field.dataTypeID = BPCHAR
    }
    return result
  }
  return Object.assign(pool, { query: translated })
}

const CHAR = 18
const BPCHAR = 1042

async function adapterOn(pool: CatalogPool, run: RunScript, dispose: () => Promise<void>): Promise<SqlDriverAdapter> {
  const inner = await new PrismaPg(pool).connect()
  return {
    provider: 'postgres',
    adapterName: inner.adapterName,
    async queryRaw(query) {
      const result = await inner.queryRaw(query)
      const columnTypes = result.columnTypes.map((type, i) => (pool.chars.includes(i) ? ColumnTypeEnum.Character : type))
      return { ...result, columnTypes }
    },
    executeRaw: (query) => inner.executeRaw(query),
    executeScript: (script) => run(pool, script),
    startTransaction: (level) => inner.startTransaction(level),
    getConnectionInfo: () => inner.getConnectionInfo(),
    dispose,
  }
}
