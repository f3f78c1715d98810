import path from 'node:path'
import { type FileEdit, type History, type Plan, UserError } from '@expand-contract/core'
import type { Emitted } from './emit.ts'
import { readText } from './json.ts'

/**
 * Folders for Drizzle v1. The kit's snapshot goes to the last of them as it is, byte for byte: it describes the whole change, and the kit takes folders without
 * one as SQL of the user's own (formats 8 and 9: check, generate and up all do).
 */
export async function folderEdits(
  plan: Plan,
  { layout, migrations }: History,
  emitted: readonly Emitted[],
): Promise<{ edits: FileEdit[]; snapshot: string | undefined }> {
  requireRoom(
    plan,
    migrations.map((m) => m.id),
    emitted,
  )
  const at = (name: string, file: string): string => path.join(layout.migrations, name, file)
  const snapshot = await readText(at(plan.id, 'snapshot.json'))
  const edits = emitted.map(({ name, text }): FileEdit => ({ path: at(name, 'migration.sql'), content: text }))
  const last = emitted.at(-1)?.name ?? plan.id
  if (snapshot === undefined || last === plan.id) return { edits, snapshot }
  const moved = [
    { path: at(last, 'snapshot.json'), content: snapshot },
    { path: at(plan.id, 'snapshot.json'), content: null },
  ]
  return { edits: [...edits, ...moved], snapshot }
}

/** The edits that take a migration away of which nothing is left. Throws {@link UserError} where later ones build on its snapshot. */
export async function removedFolder(plan: Plan, { layout, migrations }: History): Promise<FileEdit[]> {
  const later = migrations[migrations.findIndex((m) => m.id === plan.id) + 1]
  if (later) throw notLast(plan, later.id)
  const folder = path.join(layout.migrations, plan.id)
  const snapshot = path.join(folder, 'snapshot.json')
  const files = [path.join(folder, 'migration.sql'), ...((await readText(snapshot)) === undefined ? [] : [snapshot])]
  return files.map((file) => ({ path: file, content: null }))
}

function requireRoom(plan: Plan, ids: readonly string[], emitted: readonly Emitted[]): void {
  const next = ids[ids.indexOf(plan.id) + 1]
  const last = emitted.at(-1)?.name ?? plan.id
  // As the kit compares: by code units and by locale.
  if (next !== undefined && !(last < next && last.localeCompare(next) < 0)) throw notLast(plan, next)
}

function notLast(plan: Plan, next: string): UserError {
  return new UserError(
    `${plan.id} is followed by ${next}, and the steps that replace it would sort after that. Rewrite a migration before the next one is generated: delete the folder ${next} (it must not be applied anywhere yet), run\n  npx expand-contract rewrite ${plan.id}\nand generate it again with\n  npx drizzle-kit generate`,
  )
}
