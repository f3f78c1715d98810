import type { Hazard, Plan, Question, Refusal } from '@expand-contract/core'

/** One migration that was checked. */
export interface Checked {
  readonly id: string
  /** The SQL file as shown. */
  readonly file: string
  readonly plan: Plan
  /** Set where the file is not SQL that can be read. */
  readonly unreadable: { readonly message: string; readonly line: number } | undefined
  /** The command that goes on from here, or undefined where there is none (files of no project). */
  readonly next: string | undefined
}

/** What `check` found. */
export interface CheckReport {
  readonly checked: readonly Checked[]
  /** What the reader should know about how it was looked at, in sentences. */
  readonly notes: readonly string[]
}

/** A refusal as a reader of JSON gets it. */
interface RefusalFinding {
  readonly line: number
  readonly codes: readonly string[]
  readonly reason: string
  readonly fix: string
  readonly question?: Question
}

/** What was found in one migration. */
interface Finding {
  readonly id: string
  readonly file: string
  readonly hazards: readonly Hazard[]
  readonly refusals: readonly RefusalFinding[]
  readonly unreadable?: { readonly message: string; readonly line: number }
  readonly next?: string
}

/** Counts of a report. */
export interface CheckSummary {
  readonly migrations: number
  readonly withFindings: number
  readonly hazards: number
  readonly refusals: number
  readonly unreadable: number
}

/** True where something was found. */
export function hasFindings({ plan }: Checked): boolean {
  return plan.hazards.length > 0 || plan.refusals.length > 0
}

export function summaryOf(checked: readonly Checked[]): CheckSummary {
  const sum = (of: (c: Checked) => number): number => checked.reduce((n, c) => n + of(c), 0)
  return {
    migrations: checked.length,
    withFindings: checked.filter(hasFindings).length,
    hazards: sum((c) => c.plan.hazards.length),
    refusals: sum((c) => refusalsOf(c).length),
    unreadable: sum((c) => (c.unreadable ? 1 : 0)),
  }
}

/** Refusals beside the one that only says that the file can't be read. */
export function refusalsOf({ plan, unreadable }: Checked): readonly Refusal[] {
  return unreadable ? plan.refusals.filter((r) => r.claims.length > 0) : plan.refusals
}

/** The report as plain data, for `--format json`: only migrations in which something was found. */
export function checkData({ checked, notes }: CheckReport) {
  return { version: 1, summary: summaryOf(checked), notes, migrations: checked.filter(hasFindings).map(finding) }
}

function finding(checked: Checked): Finding {
  const { id, file, plan, unreadable, next } = checked
  const refusals = refusalsOf(checked).map(
    ({ line, hazards, reason, fix, question }): RefusalFinding => ({
      line,
      codes: [...new Set(hazards.map((h) => h.code))],
      reason,
      fix,
      ...(question && { question }),
    }),
  )
  return { id, file, hazards: plan.hazards, refusals, ...(unreadable && { unreadable }), ...(next !== undefined && { next }) }
}
