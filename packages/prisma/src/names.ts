import { type History, laterPrefix, type Step, splitPrefix, UserError } from '@expand-contract/core'
import { isBefore } from './read.ts'

/** Longest name of a migration: `_prisma_migrations.migration_name` is VARCHAR(255), and file systems allow 255 bytes. */
const LONGEST = 255

/**
 * Folder names for the steps that replace migration `id`: `id` itself for a single step, else `id_01_add_column`, … : after all that comes before `id`
 * and before the next migration, in both of Prisma's orders. Throws {@link UserError} where no such names exist.
 */
export function folderNames(id: string, steps: readonly Step[], { migrations }: History): string[] {
  if (steps.length <= 1) return steps.map(() => id)
  const width = Math.max(2, String(steps.length).length)
  const names = steps.map((step, i) => {
    const slug = step.id.replace(/^\d+-/, '').replaceAll('-', '_')
    return fitted(`${id}_${String(i + 1).padStart(width, '0')}`, slug)
  })
  const next = migrations[migrations.findIndex((m) => m.id === id) + 1]?.id
  const sorted = [id, ...names, ...(next === undefined ? [] : [next])]
  if (sorted.some((name, i) => i > 0 && !isBefore(sorted[i - 1] as string, name))) {
    throw new UserError(
      `The steps of ${id} must run before the next migration, ${next}, but no folder name sorts between the two. Rename the folder ${next} to a later timestamp (it must not be applied anywhere yet) and run the command again.`,
    )
  }
  return names
}

/** Folder names for migrations that come after the whole history and belong to the plan `id`: `20260212093005_rename_name_contract_01_drop_name`. */
export function nextNames(id: string, slugs: readonly string[], { migrations }: History): string[] {
  const last = migrations.at(-1)?.id ?? id
  const { prefix } = splitPrefix(last)
  const head = prefix === '' ? last : laterPrefix(prefix, 1)
  const width = Math.max(2, String(slugs.length).length)
  const names = slugs.map((slug, i) => {
    const number = slugs.length > 1 ? `_${String(i + 1).padStart(width, '0')}` : ''
    const [kind = '', ...rest] = slug.split(' ')
    return fitted(`${head}${splitPrefix(id).rest}_${kind}${number}`, rest.join('_').replaceAll('-', '_'))
  })
  const sorted = [last, ...names]
  if (sorted.some((name, i) => i > 0 && !isBefore(sorted[i - 1] as string, name))) {
    throw new UserError(
      `The next migration must run after ${last}, but no folder name could be made that sorts behind it. Rename the folder ${last} so that it begins with a time such as 20260212093000 (it must not be applied anywhere yet) and run the command again.`,
    )
  }
  return names
}

function fitted(head: string, slug: string): string {
  const room = LONGEST - Buffer.byteLength(head) - 1
  if (room >= slug.length) return `${head}_${slug}`
  if (room >= -1) return head
  throw new UserError(
    `The name of the migration ${head} is longer than the ${LONGEST} bytes that Prisma keeps. Give its folder a shorter name.`,
  )
}
