import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** Files by path, with their text. */
export type Files = Readonly<Record<string, string>>

/** A folder with these files, inside a repository of its own (so that nothing above it is looked at); removed when the test ends. */
export function folderWith(files: Files): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'expand-contract-cli-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(path.join(folder, '.git'))
  put(folder, files)
  return folder
}

/** Writes files into a folder. */
export function put(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
}

/** Everything in a folder but `.git`: files with their text, folders with a slash at the end of their name. */
export function contentOf(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const named = entries.map((e) => [path.relative(folder, path.join(e.parentPath, e.name)), e.isDirectory()] as const)
  return Object.fromEntries(
    named
      .filter(([name]) => name !== '.git' && !name.startsWith(`.git${path.sep}`))
      .sort()
      .map(([name, isFolder]) => (isFolder ? [`${name}/`, ''] : [name, readFileSync(path.join(folder, name), 'utf8')])),
  )
}

/** Runs git in a folder, as nobody in particular. */
export function git(folder: string, ...args: readonly string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false', '-c', 'init.defaultBranch=main']
  execFileSync('git', [...who, ...args], { cwd: folder, stdio: 'pipe' })
}
