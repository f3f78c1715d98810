import type { HazardKind } from './hazard.ts'
import type { Migration } from './migration.ts'
import type { DraftStep, Expectation, Hazard, Plan, Refusal, Sync } from './plan/plan.ts'
import type { Statement } from './sql/statement.ts'

/** Statements made safe: what was wrong with them and the steps that replace them. */
export interface Rewrite {
  readonly claims: readonly number[]
  readonly hazards: readonly Hazard[]
  readonly expand: readonly DraftStep[]
  readonly contract: readonly DraftStep[]
  readonly syncs?: readonly Sync[]
  readonly expects?: readonly Expectation[]
  readonly maps?: Plan['maps']
  readonly alternatives?: Plan['alternatives']
  readonly newCodeWaits?: Plan['newCodeWaits']
  /** The expand steps come before everything else: they need nothing that the migration does, and what it makes may need them. */
  readonly first?: true
  /** The expand steps come after this statement instead of in the place of the statement that was asked about. */
  readonly after?: number
}

export type Outcome = Rewrite | Refusal

/** One unsafe change: asked about each statement, answers with what it claims, or undefined where it has nothing to say. Pure. */
export interface Strategy {
  readonly id: string
  /** One line for `--help` and the docs. */
  readonly summary: string
  /** The kinds of hazard it finds. */
  readonly hazards: readonly HazardKind[]
  /** It answers for columns that change their type: what is a part of that is asked of no other. */
  readonly retypes?: true
  /** It answers for tables that are dropped and made again under another name: what is a part of that is asked of no other. */
  readonly recreates?: true
  rewrite(statement: Statement, migration: Migration): Outcome | undefined
}

export function isRefusal(outcome: Outcome): outcome is Refusal {
  return 'reason' in outcome
}
