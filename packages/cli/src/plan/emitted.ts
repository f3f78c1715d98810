import path from 'node:path'
import {
  canonicalJson,
  type FileEdit,
  fileChecksum,
  type History,
  type Layout,
  type Plan,
  type SourceMigration,
  UserError,
} from '@expand-contract/core'
import { readIfThere } from '../read-if-there.ts'

/** Beside plan.json: where in the history the plan's migrations stand, by paths relative to the migrations folder. */
export const EMITTED_FILE = 'emitted.json'

/** Content of {@link EMITTED_FILE}. */
export interface Emitted {
  /** The migration just before the plan, or null where the plan came first. */
  readonly follows: string | null
  /** What stands in the original's place; empty where no SQL is left of it. */
  readonly migrations: readonly string[]
  /** Checksums of these files, in the same order: a later version of the tool may write the same step in other words. Absent: an older one wrote this. */
  readonly checksums?: readonly string[]
}

/** The edit that records where a plan's edits put its migrations. */
export function emittedEdit(plan: Plan, history: History, edits: readonly FileEdit[]): FileEdit {
  const { layout, migrations } = history
  const at = migrations.findIndex((m) => m.id === plan.id)
  const previous = migrations[at - 1]
  const others = new Set(migrations.filter((_, i) => i !== at).map((m) => m.path))
  const written = edits
    .filter((e) => e.path.endsWith('.sql') && e.path.startsWith(`${layout.migrations}${path.sep}`))
    .filter((e) => !others.has(e.path) && !e.path.startsWith(`${layout.plans}${path.sep}`))
    .flatMap(({ path: file, content }) => (content === null ? [] : [{ name: relative(file, layout.migrations), content }]))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const emitted: Emitted = {
    follows: previous ? relative(previous.path, layout.migrations) : null,
    migrations: written.map(({ name }) => name),
    checksums: written.map(({ content }) => fileChecksum(content)),
  }
  return { path: path.join(layout.plans, plan.id, EMITTED_FILE), content: canonicalJson(emitted) }
}

/** The migrations that ran before a rewritten plan. Throws {@link UserError} where the history no longer shows its place. */
export async function historyBefore(plan: Plan, history: History): Promise<readonly SourceMigration[]> {
  const { layout, migrations } = history
  const emitted = await readEmitted(path.join(layout.plans, plan.id, EMITTED_FILE))
  const position = (file: string): number => migrations.findIndex((m) => relative(m.path, layout.migrations) === file)
  const own = (emitted?.migrations ?? []).map(position).filter((i) => i >= 0)
  if (own.length > 0) return migrations.slice(0, Math.min(...own))
  if (emitted?.follows === null) return []
  const previous = emitted ? position(emitted.follows) : -1
  if (previous >= 0) return migrations.slice(0, previous + 1)
  // A plan that was not written by the command: its migrations say in their first line whose they are.
  const first = migrations.findIndex((m) => m.id === plan.id || m.text.includes(`-- expand-contract ${plan.id}, step `))
  if (first >= 0) return migrations.slice(0, first)
  throw new UserError(
    `The history in ${layout.migrations} no longer shows where the plan ${plan.id} stands: neither its migrations nor the one before them are there (squashed or renamed?). A plan whose stages are all applied everywhere needs no proof any more: remove ${path.join(layout.plans, plan.id)}.`,
  )
}

/** What a plan put in its migration's place; undefined for a plan that the command did not write. */
export function emittedBy({ plans }: Layout, id: string): Promise<Emitted | undefined> {
  return readEmitted(path.join(plans, id, EMITTED_FILE))
}

async function readEmitted(file: string): Promise<Emitted | undefined> {
  const bytes = await readIfThere(file)
  if (!bytes) return undefined
  try {
    const { follows, migrations, checksums = [] } = JSON.parse(bytes.toString('utf8')) as Partial<Emitted>
    if ((follows === null || typeof follows === 'string') && Array.isArray(migrations) && Array.isArray(checksums))
      return { follows, migrations, checksums }
  } catch {
    // Said below, as for any other content.
  }
  throw new UserError(`${file} is damaged. Restore it from git, or remove it: the place of the plan is then read from its migrations.`)
}

function relative(file: string, folder: string): string {
  return path.relative(folder, file).split(path.sep).join('/')
}
