import { readFile } from 'node:fs/promises'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type * as runtime from '@prisma/schema-engine-wasm/schema_engine_bg'
import { type Connection, connectTo } from './connection.ts'

/** A migration in memory: folder name and text. */
export interface MigrationText {
  readonly id: string
  readonly sql: string
}

type SchemaEngine = runtime.SchemaEngine
type Params<M extends keyof SchemaEngine> = SchemaEngine[M] extends (input: infer P) => unknown ? P : never

const filters = { externalTables: [], externalEnums: [] }

/** Prisma's own schema engine (the pinned WebAssembly build) on one scratch database. */
export interface Engine {
  /** `prisma migrate deploy`: what is pending, in order. Returns the names that were applied. */
  deploy(migrations: readonly MigrationText[]): Promise<readonly string[]>
  /** `prisma migrate dev --create-only` against a history that is fully applied here: the text with its warnings header, or null where nothing is to do. */
  create(migrations: readonly MigrationText[], schema: string): Promise<string | null>
  close(): Promise<void>
}

// Node has it; the types of Node 20 don't.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>
}

/** The engine's package by the major version of Prisma. */
const PACKAGES = { 7: '@prisma/schema-engine-wasm', 6: 'prisma-schema-engine-6' } as const

export type PrismaVersion = keyof typeof PACKAGES

const loaded = new Map<PrismaVersion, Promise<typeof runtime.SchemaEngine>>()

async function load(version: PrismaVersion): Promise<typeof runtime.SchemaEngine> {
  const glue = import.meta.resolve(`${PACKAGES[version]}/schema_engine_bg`)
  const runtime = (await import(glue)) as typeof import('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = await readFile(new URL('./schema_engine_bg.wasm', glue))
  const imports: Record<string, unknown> = { ...runtime }
  for (const [name, original] of Object.entries(imports)) {
    if (!name.startsWith('__wbg_setTimeout_') || typeof original !== 'function') continue
    // The engine leaves its time limits running for a minute; the process must not wait for them.
    imports[name] = (...args: unknown[]) => {
      const timer = original(...args)
      timer?.unref?.()
      return timer
    }
  }
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => process.stderr.write(`${message}\n`) } })
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': imports })
  runtime.__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
  return runtime.SchemaEngine
}

// Two engines made at once, and two calls at once, make the WebAssembly module panic: everything goes through one queue.
let queue: Promise<unknown> = Promise.resolve()

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(work)
  queue = result.catch(() => undefined)
  return result
}

/** An engine on the database `name` of the server, which must exist; its shadow databases are made and dropped beside it. */
export async function startEngine(
  server: Parameters<typeof connectTo>[0],
  name: string,
  schema: string,
  run: Parameters<typeof connectTo>[2],
  version: PrismaVersion = 7,
): Promise<Engine> {
  const loading = loaded.get(version) ?? load(version)
  loaded.set(version, loading)
  const SchemaEngineClass = await loading
  const connection = await connectTo(server, name, run)
  const bound = bindMigrationAwareSqlAdapterFactory(connection.factory)
  const engine = await inTurn(() => SchemaEngineClass.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, bound))
  const call = <M extends 'applyMigrations' | 'createMigration' | 'devDiagnostic'>(method: M, input: Params<M>) =>
    inTurn(async () => {
      try {
        return await (engine[method] as (input: Params<M>) => ReturnType<SchemaEngine[M]>)(input)
      } catch (error) {
        throw driverError(error, bound.errorRegistry)
      } finally {
        // The engine's advisory lock would stop the next engine on the same database.
        await connection.pool.query('SELECT pg_advisory_unlock_all()').catch(() => undefined)
      }
    })
  const files = (text: string) => [{ path: 'schema.prisma', content: text }]
  return {
    deploy: async (migrations) => (await call('applyMigrations', { migrationsList: listOf(migrations), filters })).appliedMigrationNames,
    async create(migrations, to) {
      const migrationsList = listOf(migrations)
      // createMigration only reads what devDiagnostic has replayed into the engine's cache.
      const { action } = await call('devDiagnostic', { migrationsList, filters })
      if (action.tag !== 'createMigration') throw new Error(`not in step: ${JSON.stringify(action)}`)
      const input = { draft: false, migrationName: 'next', migrationsList, schema: { files: files(to) }, filters }
      return (await call('createMigration', input)).migrationScript
    },
    async close() {
      engine.free()
      await connection.close()
    },
  }
}

function listOf(migrations: readonly MigrationText[]) {
  return {
    baseDir: '/migrations',
    shadowDbInitScript: '',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    migrationDirectories: migrations.map(({ id, sql }) => ({
      path: id,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  }
}

/** The engine names an error of the driver by number only. */
function driverError(error: unknown, registry: Connection['errors']): unknown {
  const id = /External error id#(\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
  return (id === undefined ? undefined : registry.consumeError(Number(id))?.error) ?? error
}
