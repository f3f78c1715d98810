import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { configIn } from './config.ts'
import { formatOf } from './format.ts'

/** A Drizzle project found by looking around: by its configuration, or a migrations folder without one. */
export type Place = { readonly config: string; readonly folder?: undefined } | { readonly config?: undefined; readonly folder: string }

/** How deep below the start projects are looked for: `apps/api/src/server/db/migrations`. */
const DEPTH = 6
const SKIPPED = new Set(['node_modules', 'dist', 'build', 'coverage', 'vendor', 'target', 'expand-contract'])

/** Projects below a folder, by path. What a configuration covers is its own: nothing is looked for below it, apart from the start. */
export async function placesBelow(start: string): Promise<Place[]> {
  const found: Place[] = []
  let level = await subfolders(start)
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const places = await Promise.all(level.map(placeAt))
    found.push(...places.filter((p) => p !== undefined))
    const open = level.filter((_, i) => places[i] === undefined)
    level = (await Promise.all(open.map(subfolders))).flat()
  }
  return found.sort((a, b) => ((a.config ?? a.folder) < (b.config ?? b.folder) ? -1 : 1))
}

async function placeAt(folder: string): Promise<Place | undefined> {
  const config = await configIn(folder)
  if (config !== undefined) return { config }
  return (await formatOf(folder)) ? { folder } : undefined
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((e) => e.isDirectory() && !e.name.startsWith('.') && !SKIPPED.has(e.name))
    .map((e) => path.join(folder, e.name))
    .sort()
}
