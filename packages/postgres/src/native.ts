import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { chown, cp, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'

/** `nobody` on every Unix: PostgreSQL refuses to run as root, and a number needs no account to exist. */
export const NOBODY = 65534

/** The user to run the server as, or undefined for our own. */
export function serverUser(): number | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined
}

/** Path of one of the package's programs. */
export function program(root: string, name: 'initdb' | 'postgres'): string {
  return join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name)
}

/**
 * The folder of a package whose server can be run by {@link serverUser}: the package itself with its library links made good, or a copy
 * of it under `dir` where the package can't be written to or lies in a folder that the user can't enter (root's home).
 */
export async function runnable(binaries: Binaries, dir: string): Promise<string> {
  if (starts(linkLibraries(binaries.root))) return binaries.root
  const copy = join(dir, 'package')
  await cp(join(binaries.root, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true })
  const uid = serverUser()
  if (uid !== undefined) await chownAll(copy, uid)
  return linkLibraries(copy)
}

/** Makes the library links that npm packages can't hold, as the package's install script does; npm 11 may leave that script out. */
function linkLibraries(root: string): string {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return root
  for (const link of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const target = join(root, link.target)
    if (existsSync(target)) continue
    try {
      // Both lie in one folder, so the link's text is the bare name and stays right when the folder is copied.
      symlinkSync(dirname(link.source) === dirname(link.target) ? basename(link.source) : join(root, link.source), target)
    } catch {
      // A package we may not write to (the copy gets the links), or another process was faster.
    }
  }
  return root
}

/** True where the server program can be entered, read and linked by the user it will run as. */
function starts(root: string): boolean {
  const uid = serverUser()
  const identity = uid === undefined ? {} : { uid, gid: uid }
  return spawnSync(program(root, 'postgres'), ['--version'], { stdio: 'ignore', cwd: '/', windowsHide: true, ...identity }).status === 0
}

async function chownAll(path: string, uid: number): Promise<void> {
  await chown(path, uid, uid)
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), uid, uid)
  }
}
