import type { TypeChange } from '../facts/type-change.ts'
import type { Refusal } from '../plan/plan.ts'
import { displayColumn, displayTable } from '../sql/relation.ts'
import type { TypeGroup } from './group.ts'
import type { Retyped } from './retyped.ts'

/** What PostgreSQL does besides changing the catalog, in words; undefined for nothing. */
export function whatHangs({ rebuilds, scans, locks }: TypeChange): string | undefined {
  const said = [
    ...rebuilds.map((r) => `the index "${r.index}" is built anew`),
    ...scans.map((s) => `the ${s.kind === 'check' ? 'CHECK' : 'foreign key'} "${s.constraint}" is proved again on every row`),
    ...(rebuilds.length + scans.length > 0
      ? []
      : locks.filter((l) => l.as === 'other end').map((l) => `${displayTable(l.table)} is locked with it`)),
  ]
  return said.length > 0 ? said.join(', ') : undefined
}

/** What a person does about PostgreSQL's refusal. */
export function fixOf(code: string | undefined): string {
  switch (code) {
    case '0A000':
    case '42601':
      return 'Drop what uses the column in the same migration, change the type, and make it again behind it.'
    case '42P16':
      return 'Change the type of the table above, or move the rows to a new table that is partitioned by the new type.'
    case '22023':
      return 'Drop the identity first, in the same migration.'
    default:
      return 'Say with USING how old values become new ones; where it is the default, drop it before and set it anew behind; where it is a foreign key, change both sides.'
  }
}

/** The refusal of a group because of one of its columns. */
export function cantChange(
  group: TypeGroup,
  { table, name }: Retyped,
  reason: string,
): Pick<Refusal, 'claims' | 'line' | 'reason' | 'fix'> {
  const on = displayColumn(table, name)
  return {
    claims: group.claims,
    line: Math.min(...group.columns.map((c) => c.statement.line)),
    reason: `${on} can't be changed online: ${reason}.`,
    fix: `Add a column of the new type under a new name, move the code over, and drop ${on} in a later migration.`,
  }
}
