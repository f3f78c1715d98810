import { overRow } from '../sql/expression.ts'
import { dollarQuote, objectName, quoteName } from '../sql/sql.ts'
import type { Target } from './trigger.ts'

/** Columns of one table and what they have become in another, in rows that belong together in pairs. */
export interface Across {
  /** The table that code writes, and the one that follows it and points at it. */
  readonly old: Target
  readonly next: Target
  /** The key of the one, the foreign key of the other. */
  readonly key: readonly string[]
  readonly foreign: readonly string[]
  readonly columns: readonly { readonly old: string; readonly next: string }[]
  /** What else a new row of the second table needs, as SQL over a row of the first one. */
  readonly also: readonly { readonly column: string; readonly fill: string }[]
  /** The foreign key refuses to delete a row that has a partner. */
  readonly restricts: boolean
}

/**
 * Keeps a second table in step with the first. One way only: a way back would lock the two rows in the other order, and writers of both tables would end in deadlocks. Values are compared,
 * never the session. The triggers are AFTER triggers, for the row that they answer must be there already, and not ENABLE ALWAYS: a subscriber gets the rows of both tables.
 */
export function writeAcross(a: Across): { create: string[]; drop: string[] } {
  const name = (purpose: string): string => objectName('ec', a.next.name, a.columns[0]?.next ?? '', purpose)
  const row = (of: string, side: 'old' | 'next'): string => `row(${a.columns.map((c) => `${of}.${quoteName(c[side])}`).join(', ')})::record`
  const joins = (of: string): string =>
    a.key.map((k, i) => `${of}.${quoteName(k)} = ec_next.${quoteName(a.foreign[i] ?? '')}`).join(' AND ')
  const set = (value: (c: Across['columns'][number]) => string): string =>
    a.columns.map((c) => `${quoteName(c.next)} = ${value(c)}`).join(', ')
  const holds = a.columns.map((c) => `NEW.${quoteName(c.old)} IS NOT NULL`).join(' OR ')
  const columns = [...a.foreign, ...a.columns.map((c) => c.next), ...a.also.map((c) => c.column)].map(quoteName).join(', ')
  const own = [...a.key, ...a.columns.map((c) => c.old)].map((n) => `NEW.${quoteName(n)}`)
  const follow = fn(a.next, name('follow'), [
    `  IF ${holds} THEN`,
    `    INSERT INTO ${a.next.sql} AS ec_next (${columns}) VALUES (${[...own, ...a.also.map((c) => overRow(c.fill, 'NEW'))].join(', ')})`,
    `    ON CONFLICT (${a.foreign.map(quoteName).join(', ')}) DO UPDATE SET ${set((c) => `EXCLUDED.${quoteName(c.next)}`)}`,
    `    WHERE ${row('ec_next', 'next')} *<> ${row('EXCLUDED', 'next')};`,
    '  ELSE',
    `    UPDATE ${a.next.sql} AS ec_next SET ${set((c) => `NEW.${quoteName(c.old)}`)}`,
    `    WHERE ${joins('NEW')} AND ${row('ec_next', 'next')} *<> ${row('NEW', 'old')};`,
    '  END IF;',
    '  RETURN NULL;',
  ])
  const leave = fn(a.next, name('leave'), [`  DELETE FROM ${a.next.sql} AS ec_next WHERE ${joins('OLD')};`, '  RETURN OLD;'])
  const triggers = [
    trigger(follow, a.old, 'AFTER INSERT', `WHEN (${holds}) `, 'insert'),
    trigger(follow, a.old, 'AFTER UPDATE', `WHEN (${row('OLD', 'old')} *<> ${row('NEW', 'old')}) `, 'update'),
    ...(a.restricts ? [trigger(leave, a.old, 'BEFORE DELETE', '', 'delete')] : []),
  ]
  const functions = [follow, ...(a.restricts ? [leave] : [])]
  return {
    create: [...functions.map((f) => f.create), ...triggers.map((t) => t.create)],
    drop: [...triggers.map((t) => t.drop), ...functions.map((f) => `DROP FUNCTION ${f.sql}()`)],
  }
}

interface Fn {
  readonly name: string
  readonly sql: string
  readonly create: string
}

/** As the owner of the tables, and by the names that they have for whoever runs the step: an application may have other rights and another search_path. */
function fn(target: Target, name: string, body: readonly string[]): Fn {
  const sql = `${target.schema ? `${quoteName(target.schema)}.` : ''}${quoteName(name)}`
  const text = dollarQuote(`\nBEGIN\n${body.join('\n')}\nEND\n`)
  return {
    name,
    sql,
    create: `CREATE FUNCTION ${sql}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS ${text}`,
  }
}

function trigger(f: Fn, on: Target, event: string, when: string, tag: string): { create: string; drop: string } {
  const name = quoteName(objectName('zzz', f.name, tag))
  return {
    create: `CREATE TRIGGER ${name} ${event} ON ${on.sql} FOR EACH ROW ${when}EXECUTE FUNCTION ${f.sql}()`,
    drop: `DROP TRIGGER ${name} ON ${on.sql}`,
  }
}
