import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Server } from '@expand-contract/postgres'
import { folderWith, put } from '../../../packages/cli/test/temp-folder.ts'
import type { RunScript } from '../../../packages/prisma/test/support/connection.ts'
import type { MigrationText, PrismaVersion } from '../../../packages/prisma/test/support/engine.ts'
import { engineDatabase } from '../../../packages/prisma/test/support/stages.ts'
import type { Kind } from './kind.ts'
import type { Orm, Way } from './orm.ts'
import { schemaOf } from './schema.ts'

/** Version 6 wants the URL in the schema, version 7 forbids it. */
const HEAD = { 6: '  url      = env("DATABASE_URL")\n', 7: '' } as const

/** A Prisma project whose first migration is applied. `send`: how a migration reaches the server. */
export async function prismaProject(server: Server, { prisma }: Kind, version: PrismaVersion, send: RunScript): Promise<Orm> {
  const head = `datasource db {\n  provider = "postgresql"\n${HEAD[version]}}\n\n`
  const texts = { back: head + prisma.before, there: head + prisma.after }
  const database = () => engineDatabase(server, texts.back, send, version)
  const { engine, client } = await database()
  const init = { id: '20260101000000_init', sql: (await engine.create([], texts.back)) ?? '' }
  const folder = folderWith({
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    [`prisma/migrations/${init.id}/migration.sql`]: init.sql,
    'prisma/schema.prisma': texts.back,
  })
  await engine.deploy([init])
  const schema = (): Promise<string> => readFile(path.join(folder, 'prisma/schema.prisma'), 'utf8')
  const next = async () => (await engine.create(await migrationsIn(folder), await schema())) ?? undefined
  return {
    folder,
    client,
    next,
    schema: async (way) => ({ wrote: texts[way], is: await schema() }),
    edit: async (way: Way) => put(folder, { 'prisma/schema.prisma': texts[way] }),
    async generate(name, way) {
      const sql = prisma.sql?.[way] ?? (await next()) ?? ''
      const last = (await migrationsIn(folder)).at(-1)?.id ?? ''
      const time = String(Number(last.slice(0, 14)) + 1_000_000)
      put(folder, { [`prisma/migrations/${time}_${name}/migration.sql`]: sql })
    },
    async deploy() {
      await engine.deploy(await migrationsIn(folder))
    },
    async wanted() {
      const other = await database()
      await other.engine.deploy(await migrationsIn(folder))
      return schemaOf(other.client)
    },
  }
}

async function migrationsIn(folder: string): Promise<MigrationText[]> {
  const at = path.join(folder, 'prisma/migrations')
  const ids = (await readdir(at, { withFileTypes: true })).filter((e) => e.isDirectory()).map((e) => e.name)
  return Promise.all(ids.sort().map(async (id) => ({ id, sql: await readFile(path.join(at, id, 'migration.sql'), 'utf8') })))
}
