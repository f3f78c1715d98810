import { cp, mkdir, mkdtemp, realpath, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FileEdit, History, Layout } from '@expand-contract/core'
import { onTestFinished } from 'vitest'
import { prisma } from '../../src/index.ts'

/** `examples/prisma-rename`. */
export const EXAMPLE = fileURLToPath(new URL('../../../../examples/prisma-rename', import.meta.url))

/** A copy of the example project, removed at the end of the test. */
export async function exampleProject(): Promise<string> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'expand-contract-prisma-')))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  await cp(EXAMPLE, root, { recursive: true, filter: (source) => !source.includes('node_modules') })
  return root
}

export async function historyOf(root: string): Promise<History> {
  return prisma.read((await prisma.find(root)) as Layout)
}

/** Writes the edits as the command does: a folder that is left empty goes too. */
export async function apply(edits: readonly FileEdit[]): Promise<void> {
  for (const edit of edits) {
    if (edit.content === null) {
      await rm(edit.path, { force: true })
      await rmdir(path.dirname(edit.path)).catch(() => undefined)
      continue
    }
    await mkdir(path.dirname(edit.path), { recursive: true })
    await writeFile(edit.path, edit.content)
  }
}

/** All edits as one text, with paths relative to the project. */
export function show(edits: readonly FileEdit[], root: string): string {
  return edits.map((e) => `=== ${path.relative(root, e.path)}${e.content === null ? ' (removed)\n' : `\n${e.content}`}`).join('\n')
}
