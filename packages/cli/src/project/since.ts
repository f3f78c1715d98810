import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { type SourceMigration, UserError } from '@expand-contract/core'

const run = promisify(execFile)
/** Bytes of git's answer: paths of a repository with very many files. */
const ROOM = 256 * 1024 * 1024

/**
 * Tells which migrations are not on a git ref as they are now: new files, committed or not, and files whose text differs. Throws {@link UserError} where
 * there is no repository or no such ref. `folder` is the migrations folder, which must exist.
 */
export async function notOn(ref: string, folder: string): Promise<(migration: SourceMigration) => boolean> {
  const place = await git(['rev-parse', '--show-toplevel', '--show-prefix'], folder).catch((error: unknown) => {
    throw new UserError(`--since needs git and a repository around ${folder}: ${reasonOf(error)}`)
  })
  const commit = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], folder).catch(() => {
    throw new UserError(
      `--since ${ref}: this clone has no such branch, tag or commit. Fetch it first (git fetch origin ${ref}, and --since origin/${ref}); in CI the checkout must not be shallow (fetch-depth: 0).`,
    )
  })
  // Paths go through the prefix, because git names the root without symbolic links.
  const [top = '', prefix = ''] = place.split('\n')
  const [there, changed] = await Promise.all([
    git(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit.trim()], top),
    git(['diff', '-z', '--name-only', '--no-renames', '--no-ext-diff', commit.trim(), '--'], top),
  ])
  const known = new Set(there.split('\0'))
  for (const file of changed.split('\0')) known.delete(file)
  return ({ path: file }) => !known.has(prefix + path.relative(folder, file).split(path.sep).join('/'))
}

async function git(args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await run('git', args, { cwd, maxBuffer: ROOM, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' } })
  return stdout
}

function reasonOf(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: string }
  return code === 'ENOENT' ? 'git is not installed.' : `${stderr?.trim().split('\n')[0] ?? String(error)}.`
}
