import type { CantCarry } from '../carry/carry-over.ts'
import { column } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import { columnsOf } from '../sql/expression.ts'
import { dollarQuote, objectName, quoteName } from '../sql/sql.ts'
import { typeSql } from '../target.ts'
import { holdsAll, readAlike } from './reading.ts'
import type { Retyped } from './retyped.ts'

/** How an old value becomes one of the new type. */
export interface Conversion {
  /** The new value, of the columns as they stand behind the prefix (`` or `NEW.`); NULL where there is none. Never fails. */
  readonly value: (prefix: string) => string
  /** The new value of a row; fails where there is none. */
  readonly exact: string
  /** A condition over the row: its value has no place in the new type. Absent: every value has. */
  readonly fails?: string
  readonly create: readonly string[]
  readonly drop: readonly string[]
}

/** The conversion that USING, a person's answer or PostgreSQL's own cast gives. */
export function conversionOf(retyped: Retyped, migration: Migration): Conversion | CantCarry {
  const { table, target, name, old, next, using } = retyped
  const type = typeSql(next.type)
  const own = quoteName(name)
  if (using === undefined && isTotal(retyped)) {
    return { value: (prefix) => `${prefix}${own}::${type}`, exact: `${own}::${type}`, create: [], drop: [] }
  }
  const named = using === undefined ? [name] : columnsOf(using)
  const args = named?.map((n) => column(migration.before.tables.get(table), n))
  if (!named || !args?.every((c) => c !== undefined)) return { reason: `which columns ${using} names can't be told` }
  const schema = target.schema ? `${quoteName(target.schema)}.` : ''
  const fn = (purpose: string) => `${schema}${quoteName(objectName('ec', target.name, name, purpose))}`
  const list = args.map((c) => `${quoteName(c.name)} ${typeSql(c.type)}`).join(', ')
  const body = (result: string, failed: string) =>
    dollarQuote(
      `\nDECLARE\n  ec_value ${type};\nBEGIN\n  ec_value := ${using === undefined ? assigned(own, old.type, next.type) : `(${using}\n)`};\n  RETURN ${result};\nEXCEPTION WHEN OTHERS THEN\n  RETURN ${failed};\nEND\n`,
    )
  const call = (purpose: string, prefix: string) => `${fn(purpose)}(${args.map((c) => prefix + quoteName(c.name)).join(', ')})`
  const make = (purpose: string, type: string, text: string) =>
    `CREATE FUNCTION ${fn(purpose)}(${list}) RETURNS ${type} LANGUAGE plpgsql AS ${text}`
  const drop = (purpose: string) => `DROP FUNCTION ${fn(purpose)}(${args.map((c) => typeSql(c.type)).join(', ')})`
  return {
    value: (prefix) => call('value', prefix),
    exact: `(${using ?? own})::${type}`,
    // What names no column is the same in all rows, and shows at once whether it has a place in the type.
    ...(args.length > 0 && { fails: call('fails', '') }),
    create: [make('value', type, body('ec_value', 'NULL')), make('fails', 'boolean', body('false', 'true'))],
    drop: [drop('value'), drop('fails')],
  }
}

function isTotal({ old, next }: Retyped): boolean {
  return readAlike(old.type, next.type) ? holdsAll(old.type, next.type) : false
}

/** In an assignment PostgreSQL refuses what does not fit; a written cast would cut it off. Between families only the written cast is there. */
function assigned(own: string, from: string, to: string): string {
  return readAlike(from, to) ? own : `${own}::${typeSql(to)}`
}
