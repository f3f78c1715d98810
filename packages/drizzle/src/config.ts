import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { isObject, parseObject, readText } from './json.ts'

/** Names of the kit's configuration file, in the order in which it looks for them. */
const NAMES = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map((extension) => `drizzle.config.${extension}`)
/** Where the kit writes when the configuration does not say. */
export const DEFAULT_OUT = 'drizzle'

/** What a drizzle.config file says, read without running it. */
export interface KitConfig {
  readonly path: string
  /** The migrations folder, absolute; undefined where only running the file would tell. */
  readonly out: string | undefined
  /** Files, folders and globs of the schema, absolute; empty where not said outright. */
  readonly schema: readonly string[]
  /** `postgresql`, or undefined where not said outright. */
  readonly dialect: string | undefined
  /** Another place for the table of applied migrations, where one is said outright. */
  readonly table?: { readonly schema?: string; readonly name?: string }
  /** Environment variable that holds the URL of the database, where `dbCredentials` names one. */
  readonly urlVariable?: string
}

/** The configuration file of a folder, or undefined. */
export async function configIn(folder: string): Promise<string | undefined> {
  return configAmong(await readdir(folder).catch(() => [] as string[]), folder)
}

/** The configuration file among the names of a folder's files, or undefined. */
export function configAmong(names: readonly string[], folder: string): string | undefined {
  const name = NAMES.find((n) => names.includes(n))
  return name === undefined ? undefined : path.join(folder, name)
}

/** Reads a configuration file. JSON and the usual forms of TypeScript and JavaScript are understood; what isn't comes back undefined. */
export async function readConfig(file: string): Promise<KitConfig> {
  const text = (await readText(file)) ?? ''
  const said = file.endsWith('.json') ? fromJson(text, file) : await fromModule(text, file)
  const at = (relative: string): string => path.resolve(path.dirname(file), relative)
  return {
    path: file,
    out: said.out === undefined ? undefined : at(said.out),
    schema: (said.schema ?? []).map(at),
    dialect: said.dialect,
    ...(said.table && { table: said.table }),
    ...(said.urlVariable !== undefined && { urlVariable: said.urlVariable }),
  }
}

interface Said {
  readonly out: string | undefined
  readonly schema: readonly string[] | undefined
  readonly dialect: string | undefined
  readonly table?: KitConfig['table']
  readonly urlVariable?: string | undefined
}

function fromJson(text: string, file: string): Said {
  const { out = DEFAULT_OUT, schema = [], dialect, migrations = {} } = parseObject(text, file)
  const texts = [schema].flat().filter((s) => typeof s === 'string')
  return {
    out: typeof out === 'string' ? out : undefined,
    schema: texts,
    dialect: typeof dialect === 'string' ? dialect : undefined,
    table: placed((key) => {
      const value = isObject(migrations) ? migrations[key] : undefined
      return typeof value === 'string' ? value : undefined
    }),
  }
}

/** Where the table of applied migrations is said to be. */
function placed(said: (key: string) => string | undefined): { readonly schema?: string; readonly name?: string } {
  const [schema, name] = [said('schema'), said('table')]
  return { ...(schema !== undefined && { schema }), ...(name !== undefined && { name }) }
}

async function fromModule(text: string, file: string): Promise<Said> {
  // Loading the TypeScript parser takes half a second: only projects with such a file pay for it.
  const [{ sourceFile }, { environmentVariable, exportedObject, objectAt, property, staticText, staticTexts }] = await Promise.all([
    import('./source-file.ts'),
    import('./static-value.ts'),
  ])
  const config = exportedObject(sourceFile(file, text))
  if (!config) return { out: undefined, schema: undefined, dialect: undefined }
  const [out, schema, dialect] = [property(config, 'out'), property(config, 'schema'), property(config, 'dialect')]
  const [migrations, credentials] = [objectAt(config, 'migrations'), objectAt(config, 'dbCredentials')]
  const url = credentials && property(credentials, 'url')
  const spread = config.getProperties().some((p) => p.getKindName() === 'SpreadAssignment')
  return {
    out: out ? staticText(out) : spread ? undefined : DEFAULT_OUT,
    schema: schema && staticTexts(schema),
    dialect: dialect && staticText(dialect),
    table: placed((key) => {
      const value = migrations && property(migrations, key)
      return value && staticText(value)
    }),
    urlVariable: url && environmentVariable(url),
  }
}
