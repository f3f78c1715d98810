import type { HazardKind } from './hazard.ts'
import { strategies } from './strategies/index.ts'
import { KINDS } from './unrewritten/kinds.ts'

/** A kind of hazard and who answers it. */
export interface ExplainedHazard extends HazardKind {
  /** The strategy that rewrites it, or undefined where it is refused. */
  readonly strategy?: string
}

/** Every kind of hazard by code, in alphabetical order. */
export const hazards: ReadonlyMap<string, ExplainedHazard> = new Map(
  [
    ...Object.values(KINDS).map((h: HazardKind): ExplainedHazard => h),
    // What is refused in one form and rewritten in another is told as the strategy tells it.
    ...strategies.flatMap((s) => s.hazards.map((h): ExplainedHazard => (h.refused ? h : { ...h, strategy: s.id }))),
  ]
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map((h) => [h.code, h]),
)
