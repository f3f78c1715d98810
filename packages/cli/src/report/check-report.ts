import type { AllowedHazard, Hazard, Plan, Question, Refusal } from '@expand-contract/core'
import type { Context } from '../command/context.ts'
import type { Unknown } from './incomplete.ts'
import type { Problem } from './problems.ts'

/** One migration that was checked. */
export interface Checked {
  readonly id: string
  /** The SQL file as shown. */
  readonly file: string
  /** What of its plan is reported: the whole of it would keep hold of the schema at every statement. */
  readonly plan: Pick<Plan, 'hazards' | 'refusals'>
  /** Hazards that people allow in the file. */
  readonly allowed: readonly AllowedHazard[]
  /** Findings that are no hazards: comments that allow nothing, changes that the ORM has lost. */
  readonly problems: readonly Problem[]
  /** Set where the file is not SQL that can be read. */
  readonly unreadable: { readonly message: string; readonly line: number } | undefined
  /** The command that goes on from here, or undefined where there is none (files of no project). */
  readonly next: string | undefined
  /** How many findings the baseline hides. */
  readonly hidden: number
}

/** The baseline that findings were compared with. */
export interface UsedBaseline {
  /** The file as shown. */
  readonly file: string
  /** Entries that match nothing any more. */
  readonly stale: readonly { readonly migration: string; readonly code: string; readonly on: string }[]
}

/** What `check` found. */
export interface CheckReport {
  readonly checked: readonly Checked[]
  /** What the reader should know about how it was looked at, in sentences. */
  readonly notes: readonly string[]
  /** Tables whose schema the migrations don't tell. */
  readonly unknown: readonly Unknown[]
  readonly postgres: Pick<Context, 'postgres' | 'postgresBy'>
  readonly baseline: UsedBaseline | undefined
}

/** A refusal as a reader of JSON gets it. */
interface RefusalFinding {
  readonly line: number
  readonly codes: readonly string[]
  readonly reason: string
  readonly fix: string
  readonly question?: Question
  /** Set where the reason is that the schema is not known: an entry of the report's `incomplete`. */
  readonly incomplete?: NonNullable<Refusal['incomplete']>
}

/** What was found in one migration. */
interface Finding {
  readonly id: string
  readonly file: string
  readonly hazards: readonly Hazard[]
  readonly refusals: readonly RefusalFinding[]
  readonly problems: readonly Problem[]
  readonly allowed: readonly AllowedHazard[]
  readonly unreadable?: { readonly message: string; readonly line: number }
  readonly next?: string
}

/** Counts of a report. */
export interface CheckSummary {
  readonly migrations: number
  readonly withFindings: number
  readonly hazards: number
  readonly refusals: number
  readonly problems: number
  readonly unreadable: number
  /** Hazards that are allowed with a reason. */
  readonly allowed: number
  /** Findings that the baseline hides. */
  readonly hidden: number
}

/** True where something was found. */
export function hasFindings({ plan, problems }: Checked): boolean {
  return plan.hazards.length > 0 || plan.refusals.length > 0 || problems.some(isFinding)
}

function isFinding(problem: Problem): boolean {
  return problem.notice !== true
}

/** True where there is anything to say. */
export function isWorthTelling(checked: Checked): boolean {
  return hasFindings(checked) || checked.problems.length > 0
}

export function summaryOf(checked: readonly Checked[]): CheckSummary {
  const sum = (of: (c: Checked) => number): number => checked.reduce((n, c) => n + of(c), 0)
  return {
    migrations: checked.length,
    withFindings: checked.filter(hasFindings).length,
    hazards: sum((c) => c.plan.hazards.length),
    refusals: sum((c) => refusalsOf(c).length),
    problems: sum((c) => c.problems.filter(isFinding).length),
    unreadable: sum((c) => (isUnreadable(c) ? 1 : 0)),
    allowed: sum((c) => c.allowed.length),
    hidden: sum((c) => c.hidden),
  }
}

/** True where the file can't be read and no baseline hides that. */
export function isUnreadable({ plan, unreadable }: Checked): boolean {
  return unreadable !== undefined && plan.refusals.some((r) => r.claims.length === 0)
}

/** Refusals beside the one that only says that the file can't be read. */
export function refusalsOf({ plan, unreadable }: Checked): readonly Refusal[] {
  return unreadable ? plan.refusals.filter((r) => r.claims.length > 0) : plan.refusals
}

/** The report as plain data, for `--format json`: only migrations of which there is something to say. */
export function checkData({ checked, notes, unknown, postgres, baseline }: CheckReport) {
  return {
    version: 1,
    postgres: { version: postgres.postgres, by: postgres.postgresBy },
    summary: summaryOf(checked),
    notes,
    incomplete: unknown,
    ...(baseline && { baseline }),
    migrations: checked.filter((c) => isWorthTelling(c) || c.allowed.length > 0).map(finding),
  }
}

function finding(checked: Checked): Finding {
  const { id, file, plan, problems, allowed, unreadable, next } = checked
  const refusals = refusalsOf(checked).map(
    ({ line, hazards, reason, fix, question, incomplete }): RefusalFinding => ({
      line,
      codes: [...new Set(hazards.map((h) => h.code))],
      reason,
      fix,
      ...(question && { question }),
      ...(incomplete && { incomplete }),
    }),
  )
  return {
    id,
    file,
    hazards: plan.hazards,
    refusals,
    problems,
    allowed,
    ...(unreadable && isUnreadable(checked) && { unreadable }),
    ...(next !== undefined && { next }),
  }
}
