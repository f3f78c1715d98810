import type { Step } from './plan.ts'

/** Position behind the last step of DDL that can't be taken back: what comes before it stays. 0 where every step can. */
export function pointOfNoReturn(steps: readonly Step[]): number {
  return steps.findLastIndex((step) => step.kind === 'ddl' && 'irreversible' in step.undo) + 1
}

/** The steps to take back, in the order in which to do it. */
export function stepsToUndo(steps: readonly Step[]): Step[] {
  return steps
    .slice(pointOfNoReturn(steps))
    .filter((step) => 'sql' in step.undo && step.undo.sql.length > 0)
    .reverse()
}
