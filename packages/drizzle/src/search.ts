import { type Dirent, readdirSync } from 'node:fs'
import path from 'node:path'
import { configAmong } from './config.ts'
import { formatOf, STAMPED } from './format.ts'

/** A Drizzle project found by looking around: by its configuration, or a migrations folder without one. */
export type Place = { readonly config: string; readonly folder?: undefined } | { readonly config?: undefined; readonly folder: string }

/** How deep below the start projects are looked for: `apps/api/src/server/db/migrations`. */
const DEPTH = 6
const SKIPPED = new Set(['node_modules', 'dist', 'build', 'coverage', 'vendor', 'target', 'expand-contract'])

/** Projects below a folder, by path. What a configuration covers is its own: nothing is looked for below it, apart from the start. */
export function placesBelow(start: string): Place[] {
  const found: Place[] = []
  let level = look(start).below
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const seen = level.map(look)
    found.push(...seen.flatMap(({ place }) => (place ? [place] : [])))
    level = seen.flatMap(({ place, below }) => (place ? [] : below))
  }
  return found.sort((a, b) => ((a.config ?? a.folder) < (b.config ?? b.folder) ? -1 : 1))
}

/** What a folder is, and the folders in it that may be or hold a project; each folder is listed once. */
function look(folder: string): { readonly place?: Place; readonly below: readonly string[] } {
  const entries = listing(folder)
  const folders = entries.filter((e) => e.isDirectory()).map((e) => e.name)
  const below = folders
    .filter((name) => !name.startsWith('.') && !SKIPPED.has(name) && !STAMPED.test(name))
    .map((name) => path.join(folder, name))
    .sort()
  const names = entries.map((e) => e.name)
  const config = configAmong(names, folder)
  if (config !== undefined) return { place: { config }, below }
  return folders.length > 0 && formatOf(folder, folders) ? { place: { folder }, below } : { below }
}

function listing(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
