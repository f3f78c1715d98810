import type { Column } from '../catalog/catalog.ts'
import { parseExpression } from '../expression.ts'
import { volatility } from '../facts/volatility.ts'
import type { Migration } from '../migration.ts'
import type { Refusal } from '../plan.ts'
import { columnIn, displayColumn, displayTable, type TableAction } from '../relation.ts'
import { suggestConversion } from './suggestion.ts'

/** What a column holds whose data goes while it is added again: its default, or nothing; undefined where it needs a value that nobody has given. */
export function emptied(next: Column, migration: Migration): string | undefined {
  if (next.default === undefined) return next.notNull ? undefined : 'NULL'
  return volatility(parseExpression(next.default), migration.before, migration.postgres) === 'volatile' ? undefined : next.default
}

/** A column is dropped and added again: only a person knows whether its values live on. */
export function askConversion(
  { table, name }: TableAction,
  old: Column,
  migration: Migration,
): Pick<Refusal, 'reason' | 'fix' | 'question'> {
  const on = displayColumn(table, name)
  const next = columnIn(migration.after, table, name)
  const suggestion = next && suggestConversion(name, old.type, next.type)
  const canDrop = next !== undefined && emptied(next, migration) !== undefined
  const why = 'it is dropped and added again under the same name, and its data would be lost'
  return {
    reason: `${on} becomes ${next?.type}: ${why}.`,
    fix: `Say how old values become new ones: --convert "${on}=${suggestion ?? '<expression>'}"${canDrop ? `, or that they go: --drop "${on}"` : ''}.`,
    question: {
      kind: 'convert',
      table: displayTable(table),
      column: name,
      from: old.type,
      type: next?.type ?? old.type,
      why,
      ...(suggestion !== undefined && { suggestion }),
      ...(canDrop && { canDrop }),
    },
  }
}
