import type { DraftDdl } from '../plan/plan.ts'
import { objectName, quoteName } from '../sql/sql.ts'
import { ddl } from './steps.ts'
import type { Target } from './trigger.ts'

/** The pieces of NOT NULL without a scan under a lock: a check NOT VALID, its validation, the constraint itself, the check's end. */
export function notNull(target: Target, column: string) {
  const name = quoteName(objectName('ec', target.name, column, 'not_null'))
  const alter = `ALTER TABLE ${target.sql}`
  return {
    add: `${alter} ADD CONSTRAINT ${name} CHECK (${quoteName(column)} IS NOT NULL) NOT VALID`,
    validate: `${alter} VALIDATE CONSTRAINT ${name}`,
    set: `${alter} ALTER COLUMN ${quoteName(column)} SET NOT NULL`,
    unset: `${alter} ALTER COLUMN ${quoteName(column)} DROP NOT NULL`,
    dropCheck: `${alter} DROP CONSTRAINT ${name}`,
  }
}

/** VALIDATE in its own transaction: it scans under SHARE UPDATE EXCLUSIVE, so reads and writes go on; what it proves stays proved. */
export function validateStep(target: Target, what: string, statements: readonly string[]): DraftDdl {
  return ddl({
    name: 'validate',
    title: `Validate ${what}`,
    why: 'The scan runs under SHARE UPDATE EXCLUSIVE: reads and writes go on. It has its own transaction, so the lock of the step before is long gone.',
    sql: statements,
    undo: { none: `A validated constraint goes away with the step that added it on ${target.sql}.` },
  })
}

/** SET NOT NULL on the strength of a validated check (no scan since PostgreSQL 12), then the check goes, in a statement of its own: in one ALTER TABLE it would scan. */
export function setNotNullStep(target: Target, column: string): DraftDdl {
  const nn = notNull(target, column)
  return ddl({
    name: `${column} not null`,
    title: `Make ${column} NOT NULL`,
    why: 'The validated check proves that no row is NULL, so PostgreSQL takes the lock for a moment and scans nothing.',
    sql: [nn.set, nn.dropCheck],
    undo: [nn.add, nn.unset],
  })
}
