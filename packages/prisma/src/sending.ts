import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Sending } from '@expand-contract/core'

/** How many folders above the project are looked in: workspaces install at their root. */
const LEVELS_UP = 6

/** The first version that sends a file statement by statement. */
const SPLITS: readonly [major: number, minor: number] = [7, 4]

/** How the project's Prisma sends a migration: by the version that is installed, else by the one that package.json asks for; undefined where neither is found. */
export async function sendingOf(root: string): Promise<Sending | undefined> {
  const version =
    (await firstOf(root, 'node_modules/prisma/package.json', (p) => p.version)) ??
    (await firstOf(root, 'package.json', (p) => p.devDependencies?.prisma ?? p.dependencies?.prisma))
  return version === undefined ? undefined : isFrom(version, SPLITS) ? 'statements' : 'query'
}

/** The field of the nearest file that has it, from the project upwards. */
async function firstOf(root: string, file: string, field: (json: PackageJson) => string | undefined): Promise<string | undefined> {
  let folder = root
  for (let level = 0; level <= LEVELS_UP; level++) {
    const found = await fieldOf(path.join(folder, file), field)
    if (found !== undefined) return found
    folder = path.dirname(folder)
  }
  return undefined
}

interface PackageJson {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

async function fieldOf(file: string, field: (json: PackageJson) => string | undefined): Promise<string | undefined> {
  try {
    return field(JSON.parse(await readFile(file, 'utf8')) as PackageJson)
  } catch {
    // Not there, or broken, which is npm's to report.
    return undefined
  }
}

/** Whether the lowest version that `7.4.1` or `^7.4.0` allows is at least the wanted one; a range that names no minor version is not. */
function isFrom(range: string, [major, minor]: readonly [number, number]): boolean {
  const [, foundMajor, foundMinor] = /(\d+)\.(\d+)/.exec(range) ?? []
  if (foundMajor === undefined) return Number(/\d+/.exec(range)?.[0] ?? 0) > major
  return Number(foundMajor) > major || (Number(foundMajor) === major && Number(foundMinor) >= minor)
}
