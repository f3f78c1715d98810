import type { FileEdit, Layout, Restage, Restaged } from '@expand-contract/core'
import { UserError } from '@expand-contract/core'
import { dataModel, readSchema, type SchemaFile } from './schema.ts'
import { restage as restageFiles } from './stage/restage.ts'

/** schema.prisma (or its folder) for another stage: see {@link restageFiles}. What Prisma would not read stays as it is, and is said. */
export async function restage(layout: Layout, { plan, ...change }: Restage, edits: readonly FileEdit[]): Promise<Restaged> {
  const files = (await readSchema(layout.schema)).map(
    ([file, text]): SchemaFile => [file, edits.find((e) => e.path === file)?.content ?? text],
  )
  if (files.length === 0) return { edits: [], unsaid: [] }
  try {
    const staged = await restageFiles(files, { ...change, note: `leaves with the contract of ${plan}` })
    const changed = staged.files.filter(([, text], i) => text !== files[i]?.[1])
    return { edits: changed.map(([path, content]) => ({ path, content })), unsaid: staged.unsaid }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { edits: [], unsaid: [await whyNot(files, error)] }
  }
}

/** Whether it is the user's own schema that Prisma refuses, or ours. */
async function whyNot(files: readonly SchemaFile[], refused: UserError): Promise<string> {
  const own = await dataModel(files).then(
    () => undefined,
    (error: Error) => error,
  )
  if (own) return `The schema stays as it is, because Prisma does not read it: ${own.message}`
  return `The schema stays as it is, because Prisma would not read it with what is still in the database: ${refused.message}`
}
