import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { scan, untag } from '../../parser.ts'
import { strings } from '../../relation.ts'
import { quoteName, quoteText } from '../../sql.ts'
import type { Statement } from '../../statement.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { userType } from '../../type-name.ts'

const AT_ONCE: HazardKind = {
  code: 'enum-value-used-at-once',
  harm: 'data',
  why: 'a value added to an enum can not be used in the transaction that adds it: the migration fails (55P04).',
  instead: 'The value is added in a step of its own, before the one that uses it.',
}

/** ALTER TYPE … ADD VALUE in a migration that uses the value too: a transaction of its own. */
export const strategy: Strategy = {
  id: 'add-enum-value',
  summary: 'Adds an enum value before the statements of the same migration that use it.',
  hazards: [AT_ONCE],
  rewrite(statement, migration) {
    const [tag, s] = untag(statement.node)
    if (tag !== 'AlterEnumStmt' || s.oldVal || !usesLabel(s.newVal, statement, migration)) return undefined
    const path = strings(s.typeName)
    // From version 17 on a type that the transaction itself has made takes it; a new type is used by nobody else anyway.
    if (!migration.before.enums.has(userType(path))) return undefined
    const name = path.map(quoteName).join('.')
    return {
      claims: [statement.index],
      hazards: [hazard(AT_ONCE, path.at(-1) ?? name, statement)],
      expand: [
        ddl({
          name: `add value ${s.newVal}`,
          title: `Add the value ${s.newVal} to ${path.at(-1)}`,
          why: 'Only the catalog changes, no table is locked. Its own transaction, so that the next step can use it.',
          sql: [s.skipIfNewValExists ? statement.sql : withIfNotExists(statement.sql, s.newVal)],
          undo: { irreversible: 'PostgreSQL can not take a value out of an enum; one that nobody uses does no harm.' },
        }),
      ],
      contract: [],
    }
  },
}

/** Killed and run again, the step must not fail on a value that is there. */
function withIfNotExists(sql: string, label: string): string {
  const bytes = Buffer.from(sql)
  const value = scan(sql).find((t) => t.name === 'SCONST' && t.text === quoteText(label))
  if (!value) return sql
  return `${bytes.subarray(0, value.start).toString()}IF NOT EXISTS ${bytes.subarray(value.start).toString()}`
}

/** A later statement of the same migration that writes the label. */
function usesLabel(label: string, statement: Statement, migration: Migration): boolean {
  const text = quoteText(label)
  return migration.script.statements.some(
    (s) => s.index > statement.index && s.sql.includes(text) && scan(s.sql).some((t) => t.name === 'SCONST' && t.text === text),
  )
}
