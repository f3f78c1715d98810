import { displayTable, EVERYTHING, type Incomplete, type SourceMigration, type TableName } from '@expand-contract/core'
import type { Checked } from './check-report.ts'
import { shownPath } from './path.ts'

/** A table, or everything, whose schema the migrations don't tell. */
export interface Unknown {
  /** As a person writes it; null: any table may be meant. */
  readonly table: string | null
  /** The migration since which it is not known. */
  readonly since: string
  /** Its file as shown, or where the schema was given what it was given as. */
  readonly file: string
  readonly line?: number
  readonly reason: string
  /** Migrations with findings that can't be answered because of it. */
  readonly restingOnIt: readonly string[]
}

/** What is not known, by its key in the catalog. */
export type Gap = readonly [key: TableName, gap: Incomplete]

/** What is not known, the most in need first, and which of the findings rest on it. */
export function unknownIn(gaps: readonly Gap[], history: readonly SourceMigration[], checked: readonly Checked[], cwd: string): Unknown[] {
  return gaps
    .map(([key, { since, reason, line }]): Unknown => {
      const table = key === EVERYTHING ? null : displayTable(key)
      const source = history.find((m) => m.id === since)
      const rests = ({ plan }: Checked): boolean => plan.refusals.some((r) => r.incomplete?.since === since && r.incomplete.table === table)
      const prefix = `line ${line}: `
      return {
        table,
        since,
        file: source ? shownPath(source.path, cwd) : since,
        ...(line !== undefined && { line }),
        reason: reason.startsWith(prefix) ? reason.slice(prefix.length) : reason,
        restingOnIt: checked.filter(rests).map((c) => c.id),
      }
    })
    .sort(
      (a, b) =>
        Number(b.table === null) - Number(a.table === null) ||
        b.restingOnIt.length - a.restingOnIt.length ||
        ((a.table ?? '') < (b.table ?? '') ? -1 : 1),
    )
}
