import { displayTable, type LockMode, lockStrength, type TableLock } from '@expand-contract/core'

/** What one command of a migration did to tables that were there before it. */
export interface Deed {
  /** Position among the commands of the file, from 1; an ALTER TABLE with several actions is one. */
  readonly command: number
  /** Tables copied or emptied: they have another file. */
  readonly rewrites: readonly string[]
  /** Tables on which an index was built. */
  readonly indexes: readonly string[]
  /** Tables read from end to end. */
  readonly scans: readonly string[]
  /** Rows updated or deleted, by table. */
  readonly changes: ReadonlyMap<string, number>
  /** Locks that it added to those that its transaction held; ROW EXCLUSIVE and stronger. */
  readonly locks: readonly TableLock[]
  /** All locks that the transaction holds behind it. */
  readonly held: readonly TableLock[]
  /** SQLSTATE of its error. */
  readonly error?: string
}

/** What a migration did, command by command, and how code beside it fared. */
export interface Observed {
  readonly deeds: readonly Deed[]
  /** For each statement of the old code: the code of its error, or {@link WORKS}. */
  readonly oldCode: readonly string[]
  readonly meanwhile?: string
}

/** Instead of an error's code. */
export const WORKS = 'works'

/** More rows than this are a change that grows with the table. */
const MANY = 5

/** The truth as a case writes it: one line for each command that did anything. */
export function printObserved({ deeds, oldCode, meanwhile }: Observed): string[] {
  return [
    ...deeds.flatMap((deed) => {
      const facts = factsOf(deed)
      return facts.length > 0 ? [`${deed.command}: ${facts.join('; ')}`] : []
    }),
    ...(oldCode.length > 0 && oldCode.every((code) => code === WORKS) ? ['old code works'] : []),
    ...oldCode.flatMap((code, i) => (code === WORKS ? [] : [`old code ${i + 1}: fails with ${code}`])),
    ...(meanwhile === undefined ? [] : [`meanwhile: ${meanwhile}`]),
  ]
}

function factsOf(deed: Deed): string[] {
  const named = (what: string, tables: readonly string[]): string[] => tables.map((t) => `${what} ${t}`)
  return [
    ...named('rewrites', deed.rewrites),
    ...named('builds an index on', deed.indexes),
    ...named('scans', deed.scans),
    ...[...deed.changes].filter(([, rows]) => rows > MANY).map(([table]) => `changes many rows of ${table}`),
    ...[...deed.locks].sort((a, b) => (a.table < b.table ? -1 : 1)).map((l) => `${l.mode} on ${displayTable(l.table)}`),
    ...(deed.error === undefined ? [] : [`fails with ${deed.error}`]),
  ]
}

/** Whether a command hurts by itself: it fails, it keeps many rows locked, or it works on whole tables while a lock stops their writers. */
export function isHarmful(deed: Deed): boolean {
  const works = deed.rewrites.length + deed.indexes.length + deed.scans.length > 0
  const stops = deed.held.some((l) => lockStrength(l.mode) >= lockStrength('SHARE'))
  return deed.error !== undefined || [...deed.changes.values()].some((rows) => rows > MANY) || (works && stops)
}

/** The strongest lock that any command took. */
export function strongestMode(deeds: readonly Deed[]): LockMode | undefined {
  return deeds
    .flatMap((d) => d.locks.map((l) => l.mode))
    .sort((a, b) => lockStrength(b) - lockStrength(a))
    .at(0)
}
