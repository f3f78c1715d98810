import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Adapter, History } from '@expand-contract/core'
import { drizzle } from '@expand-contract/drizzle'
import { prisma } from '@expand-contract/prisma'

const ARCHIVE = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/corpus/histories.tar.xz')

/** Real histories of other people's projects. They are not part of this project: undefined where they are not at hand. */
export const corpusArchive: string | undefined = existsSync(ARCHIVE) ? ARCHIVE : undefined

/** Says in a test's name why it did not run. */
export const corpusSkipped = corpusArchive ? '' : ': SKIPPED, ../shared/corpus is not here'

export interface CorpusHistory {
  /** `prisma/langfuse__langfuse/packages/shared/prisma/migrations` */
  readonly name: string
  readonly adapter: Adapter
  readonly history: History
}

/** Unpacks the archive into a folder of its own; `projects` narrows it to names such as `langfuse__langfuse`. */
export function unpackCorpus(projects: readonly string[] = []): { folder: string; remove: () => void } {
  if (!corpusArchive) throw new Error('the corpus is not here')
  const folder = mkdtempSync(join(tmpdir(), 'expand-contract-corpus-'))
  const members = projects.map((p) => `*/${p}/*`)
  const run = spawnSync('tar', ['xJf', corpusArchive, '-C', folder, ...(members.length > 0 ? ['--wildcards', ...members] : [])], {
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(`tar: ${run.stderr}`)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Every history below a folder, read by the adapter that knows it. */
export async function histories(folder: string): Promise<CorpusHistory[]> {
  const found: CorpusHistory[] = []
  for (const dir of migrationFolders(folder)) {
    for (const adapter of [prisma, drizzle]) {
      const layout = await adapter.find(dir)
      if (layout) found.push({ name: relative(folder, dir), adapter, history: await adapter.read(layout) })
    }
  }
  return found
}

/** Folders that hold a Drizzle journal, or folders each with a migration.sql. */
function migrationFolders(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const prismaOrV1 = files.filter((f) => f.endsWith('/migration.sql')).map((f) => dirname(dirname(f)))
  const journals = files.filter((f) => f.endsWith('meta/_journal.json')).map((f) => dirname(dirname(f)))
  return [...new Set([...prismaOrV1, ...journals])].sort().map((f) => join(folder, f))
}
