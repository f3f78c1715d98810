import type { Catalog, Hazard, Plan } from '@expand-contract/core'
import type pg from 'pg'
import type { Clone } from '../shadow.ts'
import type { Rehearsal } from './rehearse.ts'

/** What one law says about a plan. */
export interface LawVerdict {
  readonly law: number
  readonly name: string
  /** A law that exercised nothing has proved nothing; the caller decides whether that is a failure. */
  readonly status: 'held' | 'broken' | 'not exercised'
  readonly exercised: number
  /** What was exercised, in words: `12 steps, 34 statements`. */
  readonly what: string
  readonly findings: readonly string[]
}

/** Statements of an application. `$1`, where one stands, is a number that no earlier run had. */
export interface Code {
  readonly old: readonly string[]
  readonly new: readonly string[]
}

/** Everything that the laws need to know and to touch. */
export interface Proof {
  readonly plan: Plan
  /** The schemas before the migration and after the ORM's own SQL, read from real databases. */
  readonly before: Catalog
  readonly after: Catalog
  readonly definitionsBefore: ReadonlyMap<string, string>
  readonly definitionsAfter: ReadonlyMap<string, string>
  /** Tables of the schema before that the plan is about, and those of the schema after. */
  readonly touched: readonly string[]
  readonly touchedAfter: readonly string[]
  /** The seeded database after the ORM's SQL, where it runs there. For reading. */
  readonly original?: pg.Client
  /** The plan, run once on a copy of the seeded database. */
  readonly rehearsal: Rehearsal
  /** True where the seed had to be one that the final schema takes: applications then leave no rows behind either. */
  readonly isTame: boolean
  readonly code?: Code
  readonly replan?: (steps: readonly (readonly string[])[]) => readonly Hazard[]
  /** A fresh copy of the seeded database before the migration. */
  clone(): Promise<Clone>
  /** Opens the seeded database itself, for reading: the copies are made of it. */
  readSeeded<T>(work: (client: pg.Client) => Promise<T>): Promise<T>
  /** Opens a database with the schema after the ORM's own SQL and rows that this schema takes. */
  withFinal<T>(work: (client: pg.Client) => Promise<T>): Promise<T>
  /** Runs the migration as the ORM would. Throws PostgreSQL's error. */
  runOriginal(clone: Clone): Promise<void>
  warn(message: string): void
}

export interface Law {
  readonly law: number
  readonly name: string
  prove(proof: Proof): Promise<LawVerdict>
}

const MOST_FINDINGS = 12

/** The verdict of a law: broken where something was found, not exercised where nothing was tried. */
export function verdict(law: Pick<Law, 'law' | 'name'>, exercised: number, what: string, findings: readonly string[]): LawVerdict {
  const unique = [...new Set(findings)]
  const more = unique.length - MOST_FINDINGS
  return {
    law: law.law,
    name: law.name,
    status: unique.length > 0 ? 'broken' : exercised > 0 ? 'held' : 'not exercised',
    exercised,
    what: exercised > 0 ? what : 'nothing',
    findings: more > 0 ? [...unique.slice(0, MOST_FINDINGS), `and ${more} more`] : unique,
  }
}

/** `1 step`, `2 steps` */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
