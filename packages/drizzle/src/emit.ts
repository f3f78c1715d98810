import { readdir } from 'node:fs/promises'
import path from 'node:path'
import {
  type FileEdit,
  type History,
  isUntouched,
  type Plan,
  planFolder,
  type SourceMigration,
  type Step,
  UserError,
} from '@expand-contract/core'
import { folderEdits, removedFolder } from './emit-folders.ts'
import { journalEdits, removedFromJournal } from './emit-journal.ts'
import { needsOwnTransactions } from './guard.ts'
import { mapColumns } from './map-column.ts'
import { stepName } from './names.ts'
import { heldText, stepText } from './step-text.ts'

/** A migration to write: its name in the ORM and its SQL. */
export interface Emitted {
  readonly name: string
  readonly text: string
}

/**
 * The edits that put the plan's expand stage in the place of its migration, one step in one migration, and everything else under `expand-contract/<id>/`. What
 * Drizzle's migrator can't run right, in its one transaction, it refuses to run. No edits for a plan that found nothing. Throws {@link UserError} for
 * a plan with refusals, one that was made of another text or history, and where later migrations leave no room.
 */
export async function emit(plan: Plan, history: History): Promise<readonly FileEdit[]> {
  if (isUntouched(plan)) return []
  const [refusal] = plan.refusals
  if (refusal) throw new UserError(`${plan.id} can't be rewritten (line ${refusal.line}): ${refusal.reason} ${refusal.fix}`)
  const migration = sourceOf(plan, history)
  const v1 = history.layout.format === 'drizzle-v1'
  if (plan.maps.length > 0) {
    const schema = await mapColumns(plan, history.layout)
    return [...schema, ...(await (v1 ? removedFolder(plan, history) : removedFromJournal(plan, history)))]
  }
  const [{ steps }] = plan.stages
  const emitted = steps.length > 0 ? migrations(plan, steps) : [{ name: plan.id, text: heldText(plan) }]
  const { edits, snapshot } = await (v1 ? folderEdits(plan, history, emitted) : journalEdits(plan, history, emitted))
  const kept = emitted.some((e) => e.name === plan.id)
  const files = [...edits, ...(kept ? [] : [{ path: migration.path, content: null }])]
  return [...files, ...(await planFiles(plan, history, snapshot))]
}

function sourceOf(plan: Plan, { layout, migrations }: History): SourceMigration {
  const migration = migrations.find((m) => m.id === plan.id)
  if (!migration) throw new UserError(`There is no migration ${plan.id} in ${layout.migrations}. Run: npx expand-contract check`)
  if (migration.text !== plan.source.sql) {
    throw new UserError(
      `${migration.path} has changed since the plan was made, so the plan may no longer fit it. Run: npx expand-contract rewrite ${plan.id}`,
    )
  }
  return migration
}

function migrations(plan: Plan, steps: readonly Step[]): Emitted[] {
  const guarded = needsOwnTransactions(steps)
  return steps.map((step, position) => {
    const name = steps.length === 1 ? plan.id : stepName(plan.id, position, step.id)
    return { name, text: stepText(step, plan, name, guarded) }
  })
}

/** The plan's folder: see {@link planFolder}; beside it the kit's own snapshot. Files that an earlier plan of the same migration left there are removed. */
async function planFiles(plan: Plan, { layout }: History, snapshot: string | undefined): Promise<FileEdit[]> {
  const folder = path.join(layout.plans, plan.id)
  const texts = planFolder(plan, {
    held: "Held outside the migrations folder, where Drizzle's migrator would apply it at once. The snapshot is final already, so Drizzle Kit will not write these statements again: keep this file.",
    undone: `As migrations of Drizzle: npx expand-contract undo ${plan.id}`,
  })
  const files = [...texts, ...(snapshot === undefined ? [] : [['snapshot.json', snapshot] as const])]
  const written = files.map(([name, content]): FileEdit => ({ path: path.join(folder, name), content }))
  const stale = (await sqlFiles(folder)).filter((file) => !written.some((w) => w.path === file))
  return [...written, ...stale.map((file): FileEdit => ({ path: file, content: null }))]
}

async function sqlFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((e) => e.isFile() && e.name.endsWith('.sql'))
    .map((e) => path.join(e.parentPath, e.name))
    .sort()
}
