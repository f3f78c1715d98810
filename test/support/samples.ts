import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Intent } from '@expand-contract/core'
import { drizzle } from '@expand-contract/drizzle'

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/samples')
const ARCHIVES = ['prisma-7.10.tar.xz', 'drizzle-0.31-and-v1.tar.xz'].map((name) => join(FOLDER, name))

/** Says in a test's name why it did not run. */
export const samplesSkipped = ARCHIVES.every((path) => existsSync(path)) ? '' : ': SKIPPED, ../shared/samples is not here'

/** One change of a schema, as an ORM's own generator printed it. */
export interface Sample {
  /** `prisma/01-rename-field`, `0.31/rename_column`, `v1/rename_column`. */
  readonly name: string
  /** The schema before, and the change. */
  readonly migrations: readonly { readonly id: string; readonly text: string }[]
  /** What the ORM itself says of the change. */
  readonly intents: readonly Intent[]
}

/** All samples of Prisma 7.10, Drizzle Kit 0.31 and v1. */
export async function readSamples(): Promise<Sample[]> {
  const folder = mkdtempSync(join(tmpdir(), 'expand-contract-samples-'))
  try {
    for (const archive of ARCHIVES) {
      const run = spawnSync('tar', ['xJf', archive, '-C', folder], { encoding: 'utf8' })
      if (run.status !== 0) throw new Error(`tar: ${run.stderr}`)
    }
    const found = prismaSamples(join(folder, 'samples'))
    for (const version of ['0.31', 'v1']) found.push(...(await drizzleSamples(folder, version)))
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function prismaSamples(folder: string): Sample[] {
  return foldersIn(folder).flatMap((name) => {
    const [before, change] = ['init.sql', 'migration.sql'].map((file) => join(folder, name, file))
    if (!before || !change || !existsSync(change)) return []
    const migrations = [before, change].map((path, i) => ({ id: ['0001_init', '0002_change'][i] ?? '', text: readFileSync(path, 'utf8') }))
    return [{ name: `prisma/${name}`, migrations, intents: [] }]
  })
}

async function drizzleSamples(folder: string, version: string): Promise<Sample[]> {
  const samples: Sample[] = []
  for (const name of foldersIn(join(folder, version))) {
    const layout = await drizzle.find(join(folder, version, name, 'drizzle'))
    const migrations = layout ? (await drizzle.read(layout)).migrations : []
    samples.push({ name: `${version}/${name}`, migrations, intents: migrations.at(-1)?.intents ?? [] })
  }
  return samples
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}
