import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FileEdit } from '@expand-contract/core'

const workspace = path.resolve(fileURLToPath(new URL('../../../..', import.meta.url)))
const terminal = fileURLToPath(new URL('terminal.cjs', import.meta.url))

/** A Drizzle project on disk with a pinned kit of its own. */
export interface Project {
  readonly dir: string
  write(file: string, text: string): Promise<void>
  read(file: string): Promise<string>
  /** All files below a folder, sorted. */
  files(folder: string): Promise<string[]>
  /** Runs the kit. `renamed`: the new columns for which its question (0.3x) is answered with the first offered rename; the others are new. */
  kit(args: readonly string[], renamed?: readonly string[]): Promise<{ code: number; output: string }>
  /** Edits as the command writes them. */
  apply(edits: readonly FileEdit[]): Promise<void>
  remove(): Promise<void>
}

/** A project whose `drizzle-kit` and `drizzle-orm` are those of the version: 0 is 0.3x with ORM 0.45, 1 is v1. */
export async function makeProject(version: 0 | 1): Promise<Project> {
  // Inside the workspace, so that what npm hoisted is found from the links.
  const cache = path.join(workspace, 'node_modules', '.cache', 'expand-contract')
  await mkdir(cache, { recursive: true })
  const dir = await mkdtemp(path.join(cache, `drizzle-${version}-`))
  await mkdir(path.join(dir, 'node_modules'))
  for (const name of ['drizzle-kit', 'drizzle-orm']) {
    await symlink(path.join(workspace, 'node_modules', `${name}-${version}`), path.join(dir, 'node_modules', name))
  }
  return {
    dir,
    write: (file, text) => put(path.join(dir, file), text),
    read: (file) => readFile(path.join(dir, file), 'utf8'),
    files: (folder) => filesBelow(path.join(dir, folder)),
    kit: (args, renamed = []) => runKit(dir, args, renamed),
    apply: applyEdits,
    remove: () => rm(dir, { recursive: true, force: true }),
  }
}

export async function applyEdits(edits: readonly FileEdit[]): Promise<void> {
  for (const edit of edits) await (edit.content === null ? rm(edit.path, { force: true }) : put(edit.path, edit.content))
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
}

export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((e) => e.isFile())
    .map((e) => path.relative(folder, path.join(e.parentPath, e.name)))
    .sort()
}

function runKit(dir: string, args: readonly string[], renamed: readonly string[]): Promise<{ code: number; output: string }> {
  const bin = path.join('node_modules', 'drizzle-kit', 'bin.cjs')
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main', '--require', terminal]
  const child = spawn(process.execPath, [...flags, bin, ...args], { cwd: dir, env: { ...process.env, NO_COLOR: '1' } })
  let output = ''
  const answered = new Set<string>()
  const listen = (chunk: Buffer): void => {
    output += chunk
    const frame = output.slice(output.lastIndexOf('\nIs '))
    const column = /^\nIs (\S+) (?:column in \S+ )?table created or renamed/.exec(frame)?.[1]
    if (column !== undefined && frame.includes('❯')) {
      const down = renamed.includes(column) && frame.includes('❯ +')
      const key = `${column}${down ? ' down' : ''}`
      // One key at a time, and each once: the prompt draws itself anew after every key.
      if (!answered.has(key)) child.stdin.write(down ? '\u001b[B' : '\r')
      answered.add(key)
    }
    if (output.includes('Your SQL migration')) child.stdin.end()
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  if (!args.includes('generate')) child.stdin.end()
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
