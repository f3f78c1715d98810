import { type Layout, UserError } from '@expand-contract/core'
import { dataModel, type Model, readSchema } from './schema.ts'
import { meansTable } from './tables.ts'

/**
 * A SQL fill for a required column whose default only Prisma's client knows (its warning says "prisma-level default value"), as schema.prisma has it:
 * `uuid()` is `gen_random_uuid()`, `now()` and `@updatedAt` are `CURRENT_TIMESTAMP`. Undefined where there is no such default (`cuid()` has no
 * SQL), no such field, or no schema that Prisma can read. `table` and `column` are the database's names. Loads `@prisma/internals`: not for the fast path.
 */
export async function suggestFill(layout: Layout, table: string, column: string): Promise<string | undefined> {
  if (layout.schema.length === 0) return undefined
  const models = await dataModel(await readSchema(layout.schema)).catch((error: unknown): readonly Model[] => {
    // Only a suggestion: the question can be asked without it.
    if (error instanceof UserError) return []
    throw error
  })
  const model = models.find((m) => meansTable(table, { schema: m.schema ?? 'public', name: m.dbName ?? m.name }))
  const field = model?.fields.find((f) => (f.dbName ?? f.name) === column)
  return field && fillOf(field)
}

function fillOf(field: Model['fields'][number]): string | undefined {
  if (field.isUpdatedAt) return 'CURRENT_TIMESTAMP'
  const name = typeof field.default === 'object' && 'name' in field.default ? field.default.name : undefined
  // uuid(4), uuid(7) and uuid() are told apart only by Prisma's client; any UUID fills the row.
  if (name?.startsWith('uuid')) return field.nativeType?.[0] === 'Uuid' ? 'gen_random_uuid()' : 'gen_random_uuid()::text'
  return name === 'now' ? 'CURRENT_TIMESTAMP' : undefined
}
