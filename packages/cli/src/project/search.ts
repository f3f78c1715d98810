import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { type Adapter, type Layout, UserError } from '@expand-contract/core'

/** How deep below the working directory projects are looked for: `apps/api/src/prisma`. */
const DEPTH = 4
const SKIPPED = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'vendor', 'target', 'expand-contract', 'migrations'])

/**
 * The projects of one ORM that a person in `cwd` means: the one there, else those below it, else the one in the nearest folder above it inside the
 * repository. One that can't be used (another database) counts only where no other is found: then its error is thrown.
 */
export async function search(adapter: Adapter, cwd: string): Promise<Layout[]> {
  const errors: UserError[] = []
  const at = async (dir: string): Promise<Layout | undefined> =>
    adapter.find(dir).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error
      errors.push(error)
      return undefined
    })
  const here = await at(cwd)
  if (here) return [here]
  const below = await searchBelow(cwd, at)
  if (below.length > 0) return below
  if (errors[0]) throw errors[0]
  const above = await searchAbove(cwd, at)
  return above ? [above] : []
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

async function searchAbove(cwd: string, at: FindAt): Promise<Layout | undefined> {
  for (let dir = cwd; !existsSync(path.join(dir, '.git')) && path.dirname(dir) !== dir; ) {
    dir = path.dirname(dir)
    const layout = await at(dir)
    // A folder that holds other projects beside this one is not where a person in `cwd` is at home.
    if (layout && (cwd.startsWith(`${layout.root}${path.sep}`) || cwd === layout.root)) return layout
  }
  return undefined
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((e) => e.isDirectory() && !e.name.startsWith('.') && !SKIPPED.has(e.name))
    .map((e) => path.join(folder, e.name))
    .sort()
}
