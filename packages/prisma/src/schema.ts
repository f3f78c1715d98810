import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { UserError } from '@expand-contract/core'
import { firstBlock, readPsl } from './psl.ts'

/** A file of the Prisma schema: absolute path and text. */
export type SchemaFile = readonly [path: string, text: string]

/** All files of the schema at `at`: that file, or every `.prisma` file under that folder, sorted; empty where there is none. */
export async function schemaFiles(at: string): Promise<string[]> {
  const kind = await stat(at).catch(() => undefined)
  if (kind?.isFile()) return [at]
  if (!kind?.isDirectory()) return []
  const entries = await readdir(at, { recursive: true, withFileTypes: true })
  return entries
    .filter((e) => e.isFile() && e.name.endsWith('.prisma') && !e.parentPath.split(path.sep).includes('node_modules'))
    .map((e) => path.join(e.parentPath, e.name))
    .sort()
}

export async function readSchema(files: readonly string[]): Promise<SchemaFile[]> {
  return Promise.all(files.map(async (file): Promise<SchemaFile> => [file, await readFile(file, 'utf8')]))
}

/** The datasource's provider as the schema writes it, or undefined where it has none or takes it from the environment. */
export function schemaProvider(files: readonly SchemaFile[]): string | undefined {
  for (const [, text] of files) {
    const datasource = text.includes('datasource') ? firstBlock(text, 'datasource') : undefined
    if (datasource) return datasource.entries.find((e) => e.name === 'provider')?.text
  }
  return undefined
}

/** The parts of Prisma's data model that we read. */
export type Model = Awaited<ReturnType<typeof dataModel>>[number]

/**
 * Prisma's own reading of the schema (models only). Loads `@prisma/internals`, 0.4 to 1.6 s the first time. Throws {@link UserError} where Prisma
 * refuses the schema. What Prisma 7 dropped but 4 to 6 have (connection strings, preview features) is kept from it, so that older schemas are read too.
 */
export async function dataModel(files: readonly SchemaFile[]) {
  const { getDMMF } = await internals()
  try {
    const models = files.map(([file, text]): [string, string] => [file, modelsOnly(text)])
    return (await getDMMF({ datamodel: [...models, ['generator.prisma', GENERATOR]] })).datamodel.models
  } catch (error) {
    const why = plain((error as Error).message)
    throw new UserError(
      `Prisma can't read the schema (${files.map(([file]) => path.basename(file)).join(', ')}): ${why}\nRun: npx prisma validate`,
    )
  }
}

/** It is CommonJS, whose names Node finds only in the default export. */
async function internals(): Promise<typeof import('@prisma/internals')> {
  const loaded = await import('@prisma/internals')
  return 'default' in loaded ? (loaded.default as typeof loaded) : loaded
}

/** Turns on what a PostgreSQL schema may use and Prisma 7 still calls a preview. */
const GENERATOR = `generator any {
  provider        = "none"
  previewFeatures = ["views", "partialIndexes", "postgresqlExtensions"]
}
`

/** Generators and the datasource's connection strings, overwritten by spaces: places in error messages stay right. */
function modelsOnly(text: string): string {
  const blocks = readPsl(text)
  const urls = blocks
    .filter((b) => b.keyword === 'datasource')
    .flatMap((b) => b.entries.filter((e) => ['url', 'directUrl', 'shadowDatabaseUrl'].includes(e.name)))
  const blanked = [...blocks.filter((b) => b.keyword === 'generator'), ...urls]
  return blanked.reduce((out, { start, end }) => out.slice(0, start) + blank(out.slice(start, end)) + out.slice(end), text)
}

function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ')
}

/** The first error in Prisma's report, with its place, without colours. */
function plain(report: string): string {
  const lines = stripVTControlCharacters(report).split('\n')
  const at = lines.findIndex((line) => line.startsWith('error: '))
  const place = lines.slice(at).find((line) => line.trim().startsWith('-->'))
  return at < 0 ? report.replaceAll(/\s+/g, ' ').trim() : `${lines[at]?.slice('error: '.length)} (${place?.replace('-->', '').trim()})`
}
