import { UserError } from '@expand-contract/core'
import { readPsl } from './psl.ts'
import { dataModel, type SchemaFile } from './schema.ts'
import { meansTable, tableOf } from './tables.ts'

/** A field that keeps its old column: table and columns as the database has them. */
export interface FieldMap {
  readonly table: string
  /** The column that stays. */
  readonly column: string
  /** The column that the field would have had. */
  readonly to: string
}

/**
 * The schema with `@map("column")` at the field that is to keep its column; every other byte is the same. Only the files that change are returned.
 * Prisma reads the result before it is given back. Throws {@link UserError} where the model or the field is not there or Prisma refuses the result.
 */
export async function mapFields(files: readonly SchemaFile[], maps: readonly FieldMap[]): Promise<SchemaFile[]> {
  const edited = maps.reduce(mapField, files)
  const models = await dataModel(edited)
  for (const { table, column } of maps) {
    const model = models.find((m) => meansTable(table, { schema: m.schema ?? 'public', name: m.dbName ?? m.name }))
    const mapped = model?.fields.some((f) => (f.dbName ?? f.name) === column)
    if (!mapped)
      throw new UserError(
        `The field of ${table}.${column} could not be mapped by machine. Add @map("${column}") to it in schema.prisma by hand.`,
      )
  }
  return edited.filter(([file, text]) => files.find(([f]) => f === file)?.[1] !== text)
}

function mapField(files: readonly SchemaFile[], { table, column, to }: FieldMap): SchemaFile[] {
  let found = false
  const edited = files.map(([file, text]): SchemaFile => {
    const model = readPsl(text).find((b) => (b.keyword === 'model' || b.keyword === 'view') && meansTable(table, tableOf(b)))
    const field = model?.entries.find((e) => (mapOf(e)?.text?.value ?? e.name) === to)
    if (!field) return [file, text]
    found = true
    const quoted = JSON.stringify(column)
    const old = mapOf(field)?.text
    // Behind the last attribute, before a comment: a @map inside a comment would be lost, and the column dropped.
    return old ? [file, splice(text, old.start, old.end, quoted)] : [file, splice(text, field.end, field.end, ` @map(${quoted})`)]
  })
  if (!found) {
    throw new UserError(
      `schema.prisma has no field for ${table}.${to}, so it can't be mapped to the column "${column}". Check that the schema is the one the migration was made from.`,
    )
  }
  return edited
}

function mapOf(entry: ReturnType<typeof readPsl>[number]['entries'][number]) {
  return entry.attributes.find((a) => a.name === 'map')
}

function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end)
}
