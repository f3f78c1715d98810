import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { applyEdits } from './project.ts'

/** A folder with these files, gone when the test is over. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'expand-contract-drizzle-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await applyEdits(Object.entries(files).map(([file, content]) => ({ path: path.join(dir, file), content })))
  return dir
}

/** A journal of 0.3x: tags in order, one hour apart, as the kit writes it. */
export function journal(tags: readonly string[], dialect = 'postgresql', breakpoints = true): string {
  const entries = tags.map((tag, idx) => ({ idx, version: '7', when: 1_767_608_100_000 + idx * 3_600_000, tag, breakpoints }))
  return JSON.stringify({ version: '7', dialect, entries }, null, 2)
}

/** A snapshot of 0.3x. */
export function snapshot(id: string, prevId: string, tables: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ id, prevId, version: '7', dialect: 'postgresql', tables, enums: {} }, null, 2)
}
