import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '@expand-contract/core'
import { readConfigText } from './config-text.ts'

/** What a Prisma configuration says about places; absolute. */
export interface PrismaConfig {
  readonly file: string
  readonly schema?: string
  readonly migrations?: string
}

const EXTENSIONS = ['.js', '.ts', '.mjs', '.cjs', '.mts', '.cts']
const BASES = ['prisma7.config', '.config/prisma7', 'prisma.config', '.config/prisma', '.config/prisma.config']

/** The configuration file in `root`, looked up in the places and order of Prisma 6 and 7, or undefined. */
export async function findConfig(root: string): Promise<string | undefined> {
  for (const base of BASES) {
    for (const extension of EXTENSIONS) {
      const file = path.join(root, `${base}${extension}`)
      if ((await stat(file).catch(() => undefined))?.isFile()) return file
    }
  }
  return undefined
}

/**
 * Places that the project's configuration sets: `prisma.config.*`, or `prisma.schema` of package.json (Prisma 6 and older). Paths written as plain
 * strings are read without running the file, so that neither its imports nor its environment variables are needed; otherwise Prisma's own loader
 * runs it. Undefined where the project has no configuration. Throws {@link UserError} where the file can't be loaded.
 */
export async function readConfig(root: string): Promise<PrismaConfig | undefined> {
  const file = await findConfig(root)
  if (!file) return readPackageJson(root)
  const places = readConfigText(await readFile(file, 'utf8')) ?? (await runConfig(file, root))
  const base = path.dirname(file)
  return {
    file,
    ...(places.schema !== undefined && { schema: path.resolve(base, places.schema) }),
    ...(places.migrations !== undefined && { migrations: path.resolve(base, places.migrations) }),
  }
}

async function runConfig(file: string, root: string): Promise<{ schema?: string | undefined; migrations?: string | undefined }> {
  const { loadConfigFromFile } = await import('@prisma/config')
  const loaded = await loadConfigFromFile({ configFile: path.relative(root, file), configRoot: root })
  if (!loaded.error) return { schema: loaded.config.schema, migrations: loaded.config.migrations?.path }
  const cause = 'error' in loaded.error ? loaded.error.error.message : loaded.error._tag
  // An error of the user's own code may quote a connection string.
  const why = cause.split('\n')[0]?.replaceAll(/\w+:\/\/\S+/g, '<url>')
  throw new UserError(
    `${file} computes where the schema or the migrations are, and could not be run: ${why}. Set what it needs (environment variables, npm install), or write "schema" and "migrations.path" as plain strings.`,
  )
}

async function readPackageJson(root: string): Promise<PrismaConfig | undefined> {
  const file = path.join(root, 'package.json')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const schema: unknown = JSON.parse(text)?.prisma?.schema
    return typeof schema === 'string' ? { file, schema: path.resolve(root, schema) } : undefined
  } catch {
    // A broken package.json is npm's to report.
    return undefined
  }
}
