import type { TableName } from '../catalog/catalog.ts'
import type { TablePolicy } from '../intent.ts'
import { lockStrength, locksOfNode } from '../lock.ts'
import type { Migration } from '../migration.ts'
import { untag } from '../sql/parser.ts'
import { displayTable, namesTable, rangeKey } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { isRefusal, type Outcome } from '../strategy.ts'
import type { Refusal } from './plan.ts'

/** How the project treats a table: by an entry that names it, else by the one for all tables (`*`). */
export function policyOf({ intents }: Migration, table: TableName): TablePolicy | undefined {
  const entries = intents.filter((i) => i.kind === 'policy')
  return (entries.find((i) => namesTable(i.table, table)) ?? entries.find((i) => i.table === '*'))?.policy
}

/** Why a statement may stay as it is although it hurts: every table that it locks is one that the project calls `big-bang`. */
export function bigBangReason(statement: Statement | undefined, migration: Migration): string | undefined {
  const tables = statement ? tablesOf(statement, migration) : []
  if (tables.length === 0 || tables.some((t) => policyOf(migration, t) !== 'big-bang')) return undefined
  return `the configuration says big-bang for ${tables.map(displayTable).join(', ')}`
}

/** A rewrite that would take something away from a table which only ever grows, as a refusal. */
export function additiveOnly(outcome: Outcome, migration: Migration): Refusal | undefined {
  if (isRefusal(outcome) || outcome.contract.length === 0) return undefined
  for (const index of outcome.claims) {
    const statement = migration.script.statements[index]
    const table = statement && tablesOf(statement, migration).find((t) => policyOf(migration, t) === 'additive-only')
    if (!statement || table === undefined) continue
    const name = displayTable(table)
    return {
      claims: outcome.claims,
      hazards: outcome.hazards,
      line: statement.line,
      reason: `${name} is additive-only by the configuration, and this takes something away in the end: ${outcome.contract.map((s) => s.title).join(', ')}.`,
      fix: `Leave it as it is and add what is new beside it; or take the additive-only policy of ${name} out of the configuration.`,
    }
  }
  return undefined
}

/** The table that a statement is about, and those that it locks against writers or against other DDL. */
function tablesOf(statement: Statement, migration: Migration): TableName[] {
  const [, fields] = untag(statement.node)
  const own = fields.relation?.relname === undefined ? [] : [rangeKey(fields.relation)]
  const locks = locksOfNode(statement.node, migration.at[statement.index] ?? migration.before)
  const locked = locks.filter((l) => lockStrength(l.mode) >= lockStrength('SHARE UPDATE EXCLUSIVE')).map((l) => l.table)
  return [...new Set([...own, ...locked])]
}
