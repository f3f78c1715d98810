import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

const SOURCE = /\.[cm]?[jt]sx?$/
const GLOB = /[*?[\]{}!]/

/** The schema files behind the kit's `schema` setting (absolute): files as they are, folders by the source files in them, globs. Sorted, each once. */
export async function schemaFiles(entries: readonly string[]): Promise<string[]> {
  const found = await Promise.all(entries.map(filesOf))
  return [...new Set(found.flat())].sort()
}

async function filesOf(entry: string): Promise<string[]> {
  const kind = await stat(entry).catch(() => undefined)
  if (kind?.isFile()) return [entry]
  if (kind?.isDirectory()) {
    const names = await readdir(entry)
    return names.filter((name) => SOURCE.test(name)).map((name) => path.join(entry, name))
  }
  if (!GLOB.test(entry)) return []
  const { filesMatching } = await import('./source-file.ts')
  return (await filesMatching([entry])).filter((file) => SOURCE.test(file)).map((file) => path.normalize(file))
}
