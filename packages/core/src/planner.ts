import type { Migration } from './migration.ts'
import type { Plan } from './plan.ts'

/** Plans a migration: every statement is claimed by a strategy, refused, or copied. Pure. A plan with refusals is never emitted. */
export function planMigration(_migration: Migration): Plan {
  throw new Error('being written')
}

/** True where the migration needs nothing: no hazard, no refusal; it stays byte for byte as it is. */
export function isUntouched(plan: Plan): boolean {
  return plan.hazards.length === 0 && plan.refusals.length === 0
}
