import type { Migration } from '../migration.ts'
import type { AllowedHazard, Hazard } from '../plan/plan.ts'
import { bigBangReason } from '../plan/policy.ts'
import type { PgNode } from '../sql/parser.ts'
import type { Statement } from '../sql/statement.ts'
import type { Outcome } from '../strategy.ts'
import { type Allowance, allowanceComment, allowancesOf } from './allow.ts'

/** What a strategy answered, and the statement that it was asked about. */
export interface Placed<T extends Outcome = Outcome> {
  readonly anchor: number
  readonly outcome: T
}

/** Outcomes that count, and what people allowed: those statements are copied as they are. */
export interface Settled {
  readonly outcomes: readonly Placed[]
  readonly allowed: readonly AllowedHazard[]
  /** The hazards that are allowed, by position of their statement. */
  readonly copies: ReadonlyMap<number, readonly AllowedHazard[]>
}

/** A statement that nobody is asked about, because a person answers for it. */
const SILENT: PgNode = {}

export function isSilent(statement: Statement): boolean {
  return statement.node === SILENT
}

/**
 * Leaves out the outcomes of which a person allowed every hazard; one that has a hazard left stays whole. What such an outcome claimed beside its own statement (the
 * other half of a rename) is asked about anew, as if that statement were not there.
 */
export function settle(migration: Migration, ask: (migration: Migration) => readonly Placed[]): Settled {
  const { given } = allowancesOf(migration.script)
  const copies = new Map<number, AllowedHazard[]>()
  const hasPolicies = migration.intents.some((i) => i.kind === 'policy')
  let asked = migration
  for (;;) {
    const outcomes = ask(asked)
    if (given.length === 0 && !hasPolicies) return { outcomes, allowed: [], copies }
    const rest: Placed[] = []
    const known = copies.size
    for (const placed of outcomes) {
      const found = allowedIn(placed, migration, given)
      if (!found) rest.push(placed)
      for (const [index, hazard] of found ?? []) {
        const others = copies.get(index) ?? []
        if (!others.some((o) => o.code === hazard.code && o.on === hazard.on)) copies.set(index, [...others, hazard])
      }
    }
    if (copies.size === known) return { outcomes: rest, allowed: [...copies].sort(([a], [b]) => a - b).flatMap(([, all]) => all), copies }
    asked = withSilent(migration, copies)
  }
}

/** The statement with a comment before it that allows its hazards, so that whoever reads the copy knows too. */
export function withAllowance(statement: Statement, allowed: readonly AllowedHazard[]): string {
  const reasons = [...new Set(allowed.map((a) => a.reason))]
  const comments = reasons.map((reason) => {
    const codes = allowed.filter((a) => a.reason === reason).map((a) => a.code)
    return allowanceComment([...new Set(codes)], reason)
  })
  return [...comments, statement.sql].join('\n')
}

/** Each hazard with the statement that it is in, or undefined where one of them is not allowed. */
function allowedIn({ anchor, outcome }: Placed, migration: Migration, given: readonly Allowance[]): [number, AllowedHazard][] | undefined {
  const { script } = migration
  const found: [number, AllowedHazard][] = []
  for (const hazard of outcome.hazards) {
    const at = placeOf(hazard, outcome.claims, script.statements) ?? anchor
    const by = given.find(
      (a) => a.codes.includes(hazard.code) && (a.covers === 'file' || a.covers.includes(at) || a.covers.includes(anchor)),
    )
    const policy = by ? undefined : bigBangReason(script.statements[at], migration)
    if (by) found.push([at, { ...hazard, reason: by.reason, allowedOn: by.line }])
    else if (policy !== undefined) found.push([at, { ...hazard, reason: policy }])
    else return undefined
  }
  return found.length > 0 ? found : undefined
}

function placeOf({ line, column }: Hazard, claims: readonly number[], statements: readonly Statement[]): number | undefined {
  return claims.find((i) => statements[i]?.line === line && statements[i]?.column === column)
}

/** A table that the migration makes stays there for the others to see. */
function withSilent(migration: Migration, copies: ReadonlyMap<number, unknown>): Migration {
  const silenced = (s: Statement): Statement => (copies.has(s.index) && !s.node.CreateStmt ? { ...s, node: SILENT } : s)
  return { ...migration, script: { ...migration.script, statements: migration.script.statements.map(silenced) } }
}
