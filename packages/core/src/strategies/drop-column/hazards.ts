import type { HazardKind } from '../../hazard.ts'

export const BREAKS: HazardKind = {
  code: 'drop-column-breaks-old-code',
  harm: 'compatibility',
  lock: 'ACCESS EXCLUSIVE',
  why: 'code that is still running reads and writes the column: each of its queries fails (42703) from the moment it is gone.',
  instead:
    'The drop waits in the contract until no such code runs; until then a trigger fills a required column for code that no longer writes it.',
}

export const LOSES: HazardKind = {
  code: 'drop-column-loses-data',
  harm: 'data',
  why: 'the data of the column is gone; no rollback of a deploy brings it back.',
  instead: 'The drop is the last step, in the contract, after the gate: take a backup of the column before it.',
}
