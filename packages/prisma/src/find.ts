import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { type Layout, UserError } from '@expand-contract/core'
import { readConfig } from './config.ts'
import { checkLockFile, checkProvider, LOCK_FILE } from './lock-file.ts'
import { firstBlock } from './psl.ts'
import { readSchema, schemaFiles, schemaProvider } from './schema.ts'
import { sendingOf } from './sending.ts'
import { urlVariablesOf } from './url-variables.ts'

/** How many folders above a migrations folder are asked whether they are its project. */
const LEVELS_UP = 6

/**
 * The Prisma project in `dir`: a project's root, the folder of its schema, its migrations folder, one migration in it, or a file in one of these. Without a
 * prisma.config file Prisma's defaults hold. Undefined where there is none. Throws {@link UserError} for another database and a broken lock file.
 */
export async function find(dir: string): Promise<Layout | undefined> {
  const at = await folderOf(path.resolve(dir))
  if (at === undefined) return undefined
  const places = (await isMigrations(at)) ? await aroundMigrations(at) : ((await project(at)) ?? (await onlyMigrations(at)))
  if (!places) return undefined
  await checkLockFile(places.migrations)
  const schema = await readSchema(places.schema)
  const provider = schemaProvider(schema)
  if (provider !== undefined) checkProvider(provider, places.schema.join(', '))
  const sending = await sendingOf(places.root)
  const plans = path.join(path.dirname(places.migrations), 'expand-contract')
  const urlVariables = await urlVariablesOf(places.root, schema)
  return {
    adapter: 'prisma',
    format: 'prisma',
    ...places,
    plans,
    ...(sending && { sending }),
    ...(urlVariables.length > 0 && { urlVariables }),
  }
}

type Places = Pick<Layout, 'root' | 'migrations' | 'schema'>

/** The folder that `at` means: a file's folder, and above a single migration its migrations folder. */
async function folderOf(at: string): Promise<string | undefined> {
  const kind = await stat(at).catch(() => undefined)
  if (!kind) return undefined
  const folder = kind.isDirectory() ? at : path.dirname(at)
  const parent = path.dirname(folder)
  return existsSync(path.join(folder, 'migration.sql')) && (await isMigrations(parent)) ? parent : folder
}

/** A project by its configuration or by a schema where Prisma looks for one. */
async function project(root: string): Promise<Places | undefined> {
  const config = await readConfig(root)
  if (config?.schema !== undefined && !existsSync(config.schema)) {
    throw new UserError(`${config.file} names the schema ${config.schema}, but there is no such file or folder. Correct the path there.`)
  }
  const at = config?.schema ?? (await defaultSchema(root))
  if (at === undefined) {
    return config?.migrations === undefined ? undefined : { root, migrations: config.migrations, schema: [] }
  }
  const single = (await stat(at)).isFile()
  const home = single ? path.dirname(at) : at
  return { root, migrations: config?.migrations ?? (await defaultMigrations(home)), schema: await schemaFiles(at) }
}

/** Prisma's own default places. The folder of schema.prisma where that file holds no model and others beside it may; a folder named schema. */
async function defaultSchema(root: string): Promise<string | undefined> {
  for (const file of ['schema.prisma', 'prisma/schema.prisma'].map((p) => path.join(root, p))) {
    if (await isFile(file)) return (await isSplit(file)) ? path.dirname(file) : file
  }
  for (const folder of ['prisma/schema', 'schema'].map((p) => path.join(root, p))) {
    const names = await readdir(folder).catch(() => [])
    if (names.some((name) => name.endsWith('.prisma'))) return folder
  }
  return undefined
}

async function isSplit(file: string): Promise<boolean> {
  const [[, text = ''] = []] = await readSchema([file])
  if (firstBlock(text, 'model')) return false
  return (await schemaFiles(path.dirname(file))).length > 1
}

/** `migrations` beside the schema; where there is none, the one folder of migrations beside the schema or beside its folder. */
async function defaultMigrations(home: string): Promise<string> {
  const usual = path.join(home, 'migrations')
  if (existsSync(usual)) return usual
  for (const folder of [home, path.dirname(home)]) {
    const found = await migrationsIn(folder)
    if (found) return found
  }
  return usual
}

/** Migrations without a schema in sight. */
async function onlyMigrations(root: string): Promise<Places | undefined> {
  const migrations = (await migrationsIn(root)) ?? (await migrationsIn(path.join(root, 'prisma')))
  return migrations === undefined ? undefined : { root, migrations, schema: [] }
}

/** `migrations` in this folder, or its only child that is a folder of migrations. */
async function migrationsIn(folder: string): Promise<string | undefined> {
  const usual = path.join(folder, 'migrations')
  if (await isMigrations(usual)) return usual
  const children = await subfolders(folder)
  const found = children.filter((c) => existsSync(path.join(c, LOCK_FILE)))
  return found.length === 1 ? found[0] : undefined
}

/** The nearest package that keeps its migrations in this folder, else the topmost folder from which Prisma would find them, else the folder alone. */
async function aroundMigrations(migrations: string): Promise<Places> {
  const parent = path.dirname(migrations)
  let found: Places = { root: parent, migrations, schema: [] }
  for (let root = parent, level = 0; level < LEVELS_UP && root !== path.dirname(root); root = path.dirname(root), level++) {
    const places = await project(root).catch((error: unknown) => {
      // A project further up that can't be used is not ours.
      if (error instanceof UserError && level > 1) return undefined
      throw error
    })
    if (places?.migrations === migrations) found = places
    if (found.schema.length > 0 && existsSync(path.join(root, 'package.json'))) break
    if (existsSync(path.join(root, '.git'))) break
  }
  return found
}

/** A folder with Prisma's lock file or with migrations in it; Drizzle's migrations have a snapshot.json beside them. */
async function isMigrations(folder: string): Promise<boolean> {
  if (existsSync(path.join(folder, LOCK_FILE))) return true
  for (const child of await subfolders(folder)) {
    if (existsSync(path.join(child, 'snapshot.json'))) return false
    if (existsSync(path.join(child, 'migration.sql'))) return true
  }
  return false
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((e) => e.isDirectory() && e.name !== 'node_modules' && e.name !== '.git')
    .map((e) => path.join(folder, e.name))
    .sort()
}

async function isFile(at: string): Promise<boolean> {
  return (await stat(at).catch(() => undefined))?.isFile() ?? false
}
