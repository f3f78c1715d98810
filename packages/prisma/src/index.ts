import { type Adapter, stepFile, stepNotes } from '@expand-contract/core'
import { APPLIED_TABLE, applied } from './applied.ts'
import { emit } from './emit.ts'
import { find } from './find.ts'
import { release, undo } from './next.ts'
import { read } from './read.ts'
import { records } from './records.ts'
import { restage } from './restage.ts'

export { suggestFill } from './fill.ts'
export { type FieldMap, mapFields } from './map-field.ts'
export type { SchemaFile } from './schema.ts'
export { type Warning, warnings } from './warnings.ts'

/** Prisma, up to 7: SQL files in `prisma/migrations/<timestamp>_<name>/migration.sql`. */
export const prisma: Adapter = {
  id: 'prisma',
  find,
  read,
  emit,
  restage,
  release,
  undo,
  appliedTable: APPLIED_TABLE,
  applied,
  records,
  stepFile: (step, plan) => stepFile(step, stepNotes(step, plan.id)),
}
