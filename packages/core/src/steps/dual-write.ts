import { objectName, quoteName } from '../sql/sql.ts'
import { rowTrigger, type Target } from './trigger.ts'

export interface DualWrite {
  readonly target: Target
  readonly old: string
  readonly new: string
  /** The new value of an old one, and back, as SQL over the given SQL value. */
  readonly up: (value: string) => string
  readonly down: (value: string) => string
  /** The default that both columns carry while they are in step; it must mean the same value on both sides for one statement (immutable or stable). */
  readonly sharedDefault?: string
}

/** True where two values are the same to the byte: json has no `=`, citext and numeric call different texts equal. Works for every type, NULL included. */
export function sameImage(a: string, b: string): string {
  return `row(${a})::record *= row(${b})::record`
}

/** The opposite of {@link sameImage}. */
export function otherImage(a: string, b: string): string {
  return `row(${a})::record *<> row(${b})::record`
}

/**
 * Keeps two columns in step whichever of them a write names, whoever writes: values are compared, never the session. The side that was written is never
 * re-derived. `check` is a tripwire that refuses a row out of step from now on; validating it proves every row.
 */
export function dualWrite(d: DualWrite): {
  create: string[]
  drop: string[]
  check: { name: string; add: string; validate: string; drop: string }
} {
  const [a, b] = [`NEW.${quoteName(d.old)}`, `NEW.${quoteName(d.new)}`]
  const toOld = `${a} := ${d.down(b)};`
  const toNew = `${b} := ${d.up(a)};`
  // With a shared default an omitted column holds it: the side that differs from it is the side that was written.
  const newWasWritten = d.sharedDefault === undefined ? `${b} IS NOT NULL` : otherImage(b, d.sharedDefault)
  const body = [
    `  IF TG_OP = 'INSERT' THEN`,
    `    IF ${newWasWritten} THEN ${toOld} ELSE ${toNew} END IF;`,
    `  ELSIF ${otherImage(b, `OLD.${quoteName(d.new)}`)} THEN`,
    `    ${toOld}`,
    `  ELSE`,
    `    ${toNew}`,
    `  END IF;`,
  ].join('\n')
  const { create, drop } = rowTrigger({
    target: d.target,
    purpose: 'sync',
    column: d.new,
    events: 'INSERT OR UPDATE',
    when: otherImage(b, d.up(a)),
    body,
  })
  const name = quoteName(objectName('ec', d.target.name, d.new, 'in_sync'))
  const inStep = sameImage(quoteName(d.new), d.up(quoteName(d.old)))
  return {
    create,
    drop,
    check: {
      name,
      add: `ALTER TABLE ${d.target.sql} ADD CONSTRAINT ${name} CHECK (${inStep}) NOT VALID`,
      validate: `ALTER TABLE ${d.target.sql} VALIDATE CONSTRAINT ${name}`,
      drop: `ALTER TABLE ${d.target.sql} DROP CONSTRAINT ${name}`,
    },
  }
}
