import { type FileEdit, type Layout, type Plan, UserError } from '@expand-contract/core'
import { readText } from './json.ts'

type ColumnMap = Plan['maps'][number]

/**
 * schema.ts with fields that keep their old column, for a migration that only renames: `fullName: text('full_name')` becomes `fullName: text('name')`, and every
 * other byte stays. Throws {@link UserError}, which says what to do by hand, where the migration does more or the field can't be found for certain.
 */
export async function mapColumns(plan: Plan, layout: Layout): Promise<FileEdit[]> {
  if (plan.stages.some((stage) => stage.steps.length > 0)) {
    throw byHand(plan, 'the migration also holds statements that must stay, and Drizzle Kit writes those anew')
  }
  if (layout.schema.length === 0) throw byHand(plan, 'the configuration of Drizzle Kit does not say outright where the schema is')
  const { editColumns } = await import('./edit-columns.ts')
  const files = await Promise.all(layout.schema.map(async (path) => ({ path, text: (await readText(path)) ?? '' })))
  const edited = editColumns(files, plan.maps)
  if ('missing' in edited) throw byHand(plan, edited.missing)
  return edited.files.map(({ path, text }): FileEdit => ({ path, content: text }))
}

function byHand(plan: Plan, why: string): UserError {
  const changes = plan.maps.map(
    ({ table, column, to }: ColumnMap) =>
      `  in the schema give the field of ${table}.${to} the column name '${column}', as in text('${column}')`,
  )
  return new UserError(
    [
      `${plan.id} can't be turned into a mapping by machine: ${why}. Do it by hand:`,
      ...changes,
      `  delete the migration ${plan.id} (npx drizzle-kit drop in 0.3x, its folder in v1; it must not be applied anywhere yet)`,
      '  npx drizzle-kit generate',
    ].join('\n'),
  )
}
