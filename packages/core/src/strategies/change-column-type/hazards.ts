import { type HazardKind, hazard } from '../../hazard.ts'
import type { Hazard } from '../../plan/plan.ts'
import type { TypeGroup } from '../../retype/group.ts'
import { actionOf, displayColumn } from '../../sql/relation.ts'
import { BREAKS, LOSES } from '../drop-column/hazards.ts'

export const REWRITES: HazardKind = {
  code: 'change-column-type-rewrites-table',
  harm: 'rewrite',
  lock: 'ACCESS EXCLUSIVE',
  why: 'the change copies the whole table and builds every index anew under ACCESS EXCLUSIVE: all reads and writes wait, several seconds for each million rows.',
  instead: 'A second column of the new type is filled in batches and kept in step; then the two swap their names in one short transaction.',
}

export const CHECKS: HazardKind = {
  code: 'change-column-type-checks-dependents',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'the change itself is cheap, but a CHECK, a foreign key or an index on the column makes PostgreSQL scan, build an index anew or lock a second table, under ACCESS EXCLUSIVE.',
  instead: 'What hangs on the column is built a second time on a second column of the new type, online; then the two swap their names.',
}

/** Those of each column of the group. */
export function typeHazards({ columns }: TypeGroup): Hazard[] {
  return columns.flatMap(({ effect, table, name, statement }) => {
    const on = displayColumn(table, name)
    if (actionOf(statement, 'AT_DropColumn')) return [hazard(BREAKS, on, statement), hazard(LOSES, on, statement)]
    return [hazard(effect === 'rewrite' ? REWRITES : CHECKS, on, statement)]
  })
}
