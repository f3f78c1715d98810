import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { type Adapter, type Layout, UserError } from '@expand-contract/core'

/** How deep below the working directory projects are looked for: `apps/api/src/prisma`. */
const DEPTH = 4
const SKIPPED = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'vendor', 'target', 'expand-contract', 'migrations'])

/**
 * The projects of one ORM that a person in `cwd` means: the one there, else those below it. One that can't be used (another database) counts only where no
 * other is found: then its error is thrown. `looksBelow`: the adapter's `find` searches the folders below by itself.
 */
export async function search(adapter: Adapter, looksBelow: boolean, cwd: string): Promise<Layout[]> {
  const errors: UserError[] = []
  const at = (dir: string): Promise<Layout | undefined> =>
    adapter.find(dir).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error
      errors.push(error)
      return undefined
    })
  const here = await at(cwd)
  if (here) return [here]
  // An adapter that has looked below by itself and found nothing need not be asked about each folder there.
  const below = looksBelow && errors.length === 0 ? [] : await searchBelow(cwd, at)
  if (below.length === 0 && errors[0]) throw errors[0]
  return below
}

/** The folders above `cwd` that may be the home of what is in it: up to the nearest package or repository. */
export function foldersAbove(cwd: string): string[] {
  const above: string[] = []
  for (let dir = cwd; ; dir = path.dirname(dir)) {
    if (dir !== cwd) above.push(dir)
    if (['package.json', '.git'].some((name) => existsSync(path.join(dir, name)))) return above
    if (path.dirname(dir) === dir) return []
  }
}

type FindAt = (dir: string) => Promise<Layout | undefined>

/** Level by level; nothing is looked for below a project. */
async function searchBelow(cwd: string, at: FindAt): Promise<Layout[]> {
  const found = new Map<string, Layout>()
  let level = await subfolders(cwd)
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const open: string[] = []
    for (const dir of level) {
      const layout = await at(dir)
      if (layout) found.set(layout.migrations, layout)
      else open.push(dir)
    }
    level = (await Promise.all(open.map(subfolders))).flat()
  }
  return [...found.values()]
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((e) => e.isDirectory() && !e.name.startsWith('.') && !SKIPPED.has(e.name))
    .map((e) => path.join(folder, e.name))
    .sort()
}
