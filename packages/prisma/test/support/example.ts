import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Server, shadowName } from '@expand-contract/postgres'
import { type MigrationText, startEngine } from './engine.ts'
import { wholeFile } from './run-script.ts'

/** The example's schema before its pending migration: what `0_init` of the history was made from. */
export function schemaBefore(schema: string): string {
  return schema.replace('fullName  String', 'name      String')
}

/** Names of the example's two migrations; Prisma would put the time of day there. */
export const EXAMPLE_IDS = ['20260105101500_init', '20260212093000_rename_name_to_full_name'] as const

/** The example's migrations as Prisma's engine writes them for its schema today. */
export async function generateExample(schema: string, server: Server): Promise<MigrationText[]> {
  const before = schemaBefore(schema)
  if (before === schema) throw new Error('the example has no renamed field any more')
  const name = shadowName()
  await server.create(name)
  const engine = await startEngine(server, name, before, wholeFile)
  try {
    const init = { id: EXAMPLE_IDS[0], sql: (await engine.create([], before)) ?? '' }
    await engine.deploy([init])
    return [init, { id: EXAMPLE_IDS[1], sql: (await engine.create([init], schema)) ?? '' }]
  } finally {
    await engine.close()
    await server.drop(name)
  }
}

/** The migrations of a folder as they are. */
export async function readMigrations(folder: string): Promise<MigrationText[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const ids = entries.filter((e) => e.isDirectory()).map((e) => e.name)
  return Promise.all(ids.sort().map(async (id) => ({ id, sql: await readFile(path.join(folder, id, 'migration.sql'), 'utf8') })))
}
