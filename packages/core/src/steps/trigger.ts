import { dollarQuote, objectName, quoteName } from '../sql/sql.ts'

/** A table as a step writes it. */
export interface Target {
  /** As SQL: `"User"` or `"auth"."User"`. */
  readonly sql: string
  /** Unquoted name and, where the migration qualifies it, schema. */
  readonly name: string
  readonly schema?: string
}

interface RowTrigger {
  readonly target: Target
  /** What it does, as a part of its name: `sync`, `fill`. */
  readonly purpose: string
  readonly column: string
  readonly events: 'INSERT' | 'INSERT OR UPDATE'
  /** Condition over NEW: rows that don't meet it never call the function. */
  readonly when: string
  /** PL/pgSQL statements. */
  readonly body: string
}

/**
 * A BEFORE row trigger: it runs before NOT NULL and CHECK are looked at, sorts after the user's own triggers (they run by name), and is ENABLE ALWAYS,
 * for replicated writes would drift otherwise.
 */
export function rowTrigger({ target, purpose, column, events, when, body }: RowTrigger): { create: string[]; drop: string[] } {
  const name = objectName('ec', target.name, column, purpose)
  const trigger = quoteName(objectName('zzz', name))
  const fn = `${target.schema ? `${quoteName(target.schema)}.` : ''}${quoteName(name)}`
  return {
    create: [
      `CREATE FUNCTION ${fn}() RETURNS trigger LANGUAGE plpgsql AS ${dollarQuote(`\nBEGIN\n${body}\n  RETURN NEW;\nEND\n`)}`,
      `CREATE TRIGGER ${trigger} BEFORE ${events} ON ${target.sql} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION ${fn}()`,
      `ALTER TABLE ${target.sql} ENABLE ALWAYS TRIGGER ${trigger}`,
    ],
    drop: [`DROP TRIGGER ${trigger} ON ${target.sql}`, `DROP FUNCTION ${fn}()`],
  }
}
