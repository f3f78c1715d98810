import type { Column, TableName } from '../catalog/catalog.ts'
import { volatility } from '../facts/volatility.ts'
import type { Migration } from '../migration.ts'
import type { Refusal } from '../plan/plan.ts'
import { parseExpression } from '../sql/expression.ts'
import { displayColumn, displayTable } from '../sql/relation.ts'
import { suggestConversion } from './suggestion.ts'

/** What a column holds whose data goes while it is added again: its default, or nothing; undefined where it needs a value that nobody has given. */
export function emptied(next: Column, migration: Migration): string | undefined {
  if (next.default === undefined) return next.notNull ? undefined : 'NULL'
  return volatility(parseExpression(next.default), migration.before, migration.postgres) === 'volatile' ? undefined : next.default
}

/** The refusal of a change of type of which only a person knows how old values become new ones. */
export function askConversion(
  table: TableName,
  old: Column,
  next: Column,
  { why, canDrop = false }: { readonly why: string; readonly canDrop?: boolean },
): Pick<Refusal, 'reason' | 'fix' | 'question'> {
  const on = displayColumn(table, old.name)
  const suggestion = suggestConversion(old.name, old.type, next.type)
  return {
    reason: `${on} changes from ${old.type} to ${next.type}: ${why}.`,
    fix: `Say how old values become new ones: --convert "${on}=${suggestion}"${canDrop ? `, or that they go: --drop "${on}"` : ''}.`,
    question: {
      kind: 'convert',
      table: displayTable(table),
      column: old.name,
      from: old.type,
      type: next.type,
      why,
      suggestion,
      ...(canDrop && { canDrop }),
    },
  }
}
