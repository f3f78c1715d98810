import type { DraftStep } from '../plan/plan.ts'
import { objectName, quoteName } from '../sql/sql.ts'
import { ddl } from '../steps/steps.ts'
import type { Target } from '../steps/trigger.ts'

/** Our names for the copy of an object, and for the original when it has given up its own. */
export function ownNames(name: string, tag?: string): { readonly copy: string; readonly away: string } {
  const parts = tag === undefined ? ['ec', name] : ['ec', name, tag]
  return { copy: objectName(...parts, 'new'), away: objectName(...parts, 'old') }
}

/** Builds an index under a name of ours. */
export function indexStep(sql: string, copy: string, target: Target, original: string): DraftStep {
  return ddl({
    name: 'build index',
    title: `Build a copy of ${original} concurrently`,
    why: 'CONCURRENTLY holds SHARE UPDATE EXCLUSIVE: reads and writes go on while the index is built.',
    sql: [sql],
    undo: { sql: [`DROP INDEX CONCURRENTLY IF EXISTS ${schemaPrefix(target)}${quoteName(copy)}`], alone: true },
  })
}

/** `"auth".` where the migration names the schema of the table, nothing elsewhere: an index lives in its table's schema. */
export function schemaPrefix(target: Target): string {
  return target.schema ? `${quoteName(target.schema)}.` : ''
}
