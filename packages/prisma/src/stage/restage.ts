import type { Catalog } from '@expand-contract/core'
import { dataModel, type SchemaFile } from '../schema.ts'
import { enumEdits } from './enums.ts'
import { foreignKeyEdits } from './foreign-keys.ts'
import { tableEdits } from './models.ts'
import { type Names, namesIn } from './names.ts'
import { spliced } from './splice.ts'

/** What a schema says, and what it is to say. */
export interface Restage {
  /** The database that the schema describes now. */
  readonly is: Catalog
  /** The database that it is to describe. */
  readonly wanted: Catalog
  /** Columns and tables that are in both but not in this one are shown to the client again; absent: what is added is hidden from it. */
  readonly shows?: Catalog
  /** Ends the line of what is added: why it is there. */
  readonly note: string
}

/** A change under way. */
export interface Work extends Restage {
  readonly files: readonly SchemaFile[]
  readonly names: Names
  /** Notes what schema.prisma can't say: a sentence. */
  readonly leave: (sentence: string) => void
}

/** The schema, and what it can't say, in sentences. */
export interface Restaged {
  readonly files: readonly SchemaFile[]
  readonly unsaid: readonly string[]
}

/**
 * Makes a schema that describes one database describe another: what only the other has is added with `@ignore` (a model with `@@ignore`), what only the first has is taken out,
 * what differs is changed in its place, and every other byte stays. Made back, it gives the same bytes. Prisma reads the result; throws {@link UserError} where it refuses it.
 */
export async function restage(files: readonly SchemaFile[], change: Restage): Promise<Restaged> {
  const unsaid: string[] = []
  const names = namesIn(files, [change.is, change.wanted])
  const work: Work = { ...change, files, names, leave: (sentence) => unsaid.push(sentence) }
  const relations = foreignKeyEdits(work)
  const splices = [...enumEdits(work), ...tableEdits(work, relations.fields), ...relations.splices]
  const edited = spliced(files, splices)
  if (splices.length > 0) await dataModel(edited)
  return { files: edited, unsaid }
}
