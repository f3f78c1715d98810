import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { build } from 'esbuild'
import type { Client } from 'pg'
import { onTestFinished } from 'vitest'

// Its build for ES modules does not load in Node.
const { PrismaClientTsGenerator } = createRequire(import.meta.url)(
  '@prisma/client-generator-ts',
) as typeof import('@prisma/client-generator-ts')

const workspace = path.resolve(fileURLToPath(new URL('../../..', import.meta.url)))

/** A model of a generated client. What it takes and gives depends on the schema, which these tests make as they run. */
// biome-ignore lint/suspicious/noExplicitAny: the types of a client that does not exist yet.
type Anything = any

/** Prisma Client, made by Prisma's own generator of a schema, on the database that a client of `pg` is connected to. */
export async function prismaClient(schema: string, { host, port, user = '', password, database = '' }: Client): Promise<Anything> {
  // In the workspace, so that what npm hoisted is found.
  const cache = path.join(workspace, 'node_modules', '.cache', 'expand-contract')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(path.join(cache, 'client-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await generate(folder, schema)
  const outfile = path.join(folder, 'client.mjs')
  await build({
    entryPoints: [path.join(folder, 'generated', 'client.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'silent',
  })
  const { PrismaClient } = (await import(pathToFileURL(outfile).href)) as Anything
  const client = new PrismaClient({ adapter: new PrismaPg({ host, port, user, password: password ?? '', database, max: 2 }) })
  onTestFinished(() => client.$disconnect())
  return client
}

async function generate(folder: string, schema: string): Promise<void> {
  const { getGenerators, loadSchemaContext } = (await import('@prisma/internals')).default
  const file = path.join(folder, 'schema.prisma')
  await writeFile(file, `generator client {\n  provider = "prisma-client"\n  output   = "./generated"\n}\n\n${schema}`)
  const generators = await getGenerators({
    schemaContext: await loadSchemaContext({ schemaPath: { cliProvidedPath: file } }),
    registry: { 'prisma-client': { type: 'in-process', generator: new PrismaClientTsGenerator() } },
    printDownloadProgress: false,
    typedSql: [],
    cliCommand: 'prisma generate',
  })
  for (const generator of generators) {
    await generator.generate()
    generator.stop()
  }
}
