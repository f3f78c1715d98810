import { stat } from 'node:fs/promises'
import path from 'node:path'
import { type Layout, UserError } from '@expand-contract/core'
import { configIn, DEFAULT_OUT, type KitConfig, readConfig } from './config.ts'
import { dialectOf, type Format, formatOf, isFile, isPostgres, requirePostgres } from './format.ts'
import { schemaFiles } from './schema-files.ts'
import { type Place, placesBelow } from './search.ts'

/** How many folders above a migrations folder are asked for its configuration. */
const LEVELS_UP = 8

/**
 * The Drizzle project in `dir`: a folder with a drizzle.config file, a migrations folder, one migration in it, a file in one of these, or a folder somewhere
 * above the only such project. Undefined where there is none. Throws {@link UserError} for another database and where several projects are meant.
 */
export async function find(dir: string): Promise<Layout | undefined> {
  const at = await folderOf(path.resolve(dir))
  if (at === undefined) return undefined
  const config = await configIn(at)
  if (config !== undefined) return fromConfig(await readConfig(config))
  if (formatOf(at)) return fromFolder(at)
  const places = placesBelow(at)
  const layouts = await onlyPostgres(places)
  const [only, ...more] = layouts
  if (more.length > 0) throw severalProjects(at, layouts)
  if (!only && places[0]) return layoutOf(places[0])
  return only
}

/** The folder that `at` means: a file's folder, and above a single migration or `meta` its migrations folder. */
async function folderOf(at: string): Promise<string | undefined> {
  const kind = await stat(at).catch(() => undefined)
  if (!kind) return undefined
  const folder = kind.isDirectory() ? at : path.dirname(at)
  const parent = path.dirname(folder)
  const inside = (await isFile(path.join(folder, 'migration.sql'))) || path.basename(folder) === 'meta'
  return inside && formatOf(parent) ? parent : folder
}

function layoutOf(place: Place): Promise<Layout | undefined> {
  return place.config === undefined ? fromFolder(place.folder) : readConfig(place.config).then(fromConfig)
}

async function fromConfig(config: KitConfig): Promise<Layout> {
  requirePostgres(config.dialect, config.path)
  const root = path.dirname(config.path)
  const { table, urlVariable } = config
  const found = await layout(root, config.out ?? (await onlyMigrationsBelow(root, config)), await schemaFiles(config.schema))
  const isUsual = !table || Object.keys(table).length === 0
  return { ...found, ...(!isUsual && { table }), ...(urlVariable !== undefined && { urlVariables: [urlVariable] }) }
}

/** For a configuration that only running it would tell where it writes to. */
async function onlyMigrationsBelow(root: string, config: KitConfig): Promise<string> {
  const found = placesBelow(root)
    .filter((p) => p.config === undefined)
    .map((p) => p.folder)
  if (found.length > 1) {
    throw new UserError(
      `${config.path} computes its "out", which is not run here, and there are several migrations folders below it. Name the one that is meant:\n${found.map((f) => `  ${f}`).join('\n')}`,
    )
  }
  return found[0] ?? path.join(root, DEFAULT_OUT)
}

/** A migrations folder by itself: its configuration is the nearest above that writes to it. */
async function fromFolder(folder: string): Promise<Layout> {
  let root = path.dirname(folder)
  for (let level = 0; level < LEVELS_UP; level++, root = path.dirname(root)) {
    const file = await configIn(root)
    const config = file === undefined ? undefined : await readConfig(file)
    if (config?.out === folder) return fromConfig(config)
    if (root === path.dirname(root) || (await stat(path.join(root, '.git')).catch(() => undefined))) break
  }
  return layout(path.dirname(folder), folder, [])
}

async function layout(root: string, migrations: string, schema: readonly string[]): Promise<Layout> {
  const format: Format = formatOf(migrations) ?? 'drizzle-journal'
  requirePostgres(await dialectOf(migrations, format), migrations)
  return {
    adapter: 'drizzle',
    root,
    migrations,
    plans: path.join(path.dirname(migrations), 'expand-contract'),
    schema,
    format,
    sending: 'transaction',
  }
}

/** A repository may keep the same schema for several databases side by side: only the PostgreSQL one is meant. */
async function onlyPostgres(places: readonly Place[]): Promise<Layout[]> {
  const layouts = await Promise.all(
    places.map(async (place) => {
      const config = place.config === undefined ? undefined : await readConfig(place.config)
      if (!isPostgres(config?.dialect)) return undefined
      const folder = config ? config.out : place.folder
      const format = folder === undefined ? undefined : formatOf(folder)
      if (folder !== undefined && format && !isPostgres(await dialectOf(folder, format))) return undefined
      return layoutOf(place)
    }),
  )
  const found = layouts.filter((l) => l !== undefined)
  return found.filter((l, i) => found.findIndex((other) => other.migrations === l.migrations) === i)
}

function severalProjects(at: string, layouts: readonly Layout[]): UserError {
  const list = layouts.map((l) => `  ${path.relative(at, l.migrations)}`).join('\n')
  return new UserError(`There are several Drizzle projects below ${at}. Name the one that is meant:\n${list}`)
}
