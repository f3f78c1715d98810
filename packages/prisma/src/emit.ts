import path from 'node:path'
import {
  type FileEdit,
  type History,
  isUntouched,
  type Plan,
  type SourceMigration,
  stepFile,
  stepNotes,
  UserError,
} from '@expand-contract/core'
import { mapFields } from './map-field.ts'
import { folderNames } from './names.ts'
import { planFiles } from './plan-files.ts'
import { readSchema } from './schema.ts'

/**
 * The edits that put the plan's expand stage in the place of its migration, one step in one folder, and everything else under `expand-contract/<id>/`.
 * A file is right for both of Prisma's ways to run it: whole as one simple query (to 7.3) and statement by statement (7.4 and later). No edits for
 * a plan that found nothing. Throws {@link UserError} for a plan with refusals, or one that was made of another text or history.
 */
export async function emit(plan: Plan, history: History): Promise<readonly FileEdit[]> {
  if (isUntouched(plan)) return []
  const [refusal] = plan.refusals
  if (refusal) {
    throw new UserError(`${plan.id} can't be rewritten (line ${refusal.line}): ${refusal.reason} ${refusal.fix}`)
  }
  const migration = sourceOf(plan, history)
  const schema = plan.maps.length > 0 ? await mapFields(await readSchema(history.layout.schema), plan.maps) : []
  return [
    ...schema.map(([file, content]): FileEdit => ({ path: file, content })),
    ...expandFiles(plan, history, migration),
    ...(await planFiles(plan, history.layout)),
  ]
}

function sourceOf(plan: Plan, { layout, migrations }: History): SourceMigration {
  const migration = migrations.find((m) => m.id === plan.id)
  if (!migration) {
    throw new UserError(`There is no migration ${plan.id} in ${layout.migrations}. Run: npx expand-contract check`)
  }
  if (migration.text !== plan.source.sql) {
    throw new UserError(
      `${migration.path} has changed since the plan was made, so the plan may no longer fit it. Run: npx expand-contract rewrite ${plan.id}`,
    )
  }
  return migration
}

function expandFiles(plan: Plan, history: History, migration: SourceMigration): FileEdit[] {
  const [{ steps }, contract] = plan.stages
  const names = folderNames(plan.id, steps, history)
  const files = steps.map((step, i): FileEdit => {
    const file = path.join(history.layout.migrations, names[i] as string, 'migration.sql')
    return { path: file, content: stepFile(step, stepNotes(step, plan.id)) }
  })
  if (files.some((f) => f.path === migration.path)) return files
  // Where everything is held back the migration stays, empty: its name is where the contract will be looked for.
  if (files.length === 0 && contract.steps.length > 0) return [{ path: migration.path, content: heldBack(plan) }]
  return [...files, { path: migration.path, content: null }]
}

function heldBack(plan: Plan): string {
  return [
    `-- expand-contract ${plan.id}: nothing of this migration can go out while running code uses what it removes.`,
    `-- Its statements are held in expand-contract/${plan.id}/contract.`,
    '',
  ].join('\n')
}
