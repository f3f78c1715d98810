import type { LockMode } from './lock.ts'
import type { Harm, Hazard } from './plan/plan.ts'
import type { Statement } from './sql/statement.ts'

/** One kind of hazard, as `expand-contract explain` tells it. */
export interface HazardKind {
  readonly code: string
  readonly harm: Harm
  /** The strongest lock that the original statement takes on the table, where a lock is the harm. */
  readonly lock?: LockMode
  /** What happens to a live database, in one sentence that follows the object's name. */
  readonly why: string
  /** What is done instead, or what a person must do where nothing rewrites it yet. */
  readonly instead: string
  /** Set where its strategy finds it but refuses it always. */
  readonly refused?: true
}

/** A hazard found: its kind, where. `on` is the object as a person writes it. */
export function hazard(kind: HazardKind, on: string, statement: Statement): Hazard {
  return {
    code: kind.code,
    harm: kind.harm,
    on,
    ...(kind.lock && { lock: kind.lock }),
    why: kind.why,
    line: statement.line,
    column: statement.column,
  }
}
