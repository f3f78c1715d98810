import { quoteName } from '@expand-contract/core'
import { column, type TableCode } from './code.ts'
import type { Row } from './insert-row.ts'

/** `"a" = $1 AND "b" = $2` */
export function keyCondition(key: readonly string[], from: number): string {
  return key.map((name, i) => `${quoteName(name)} = $${from + i + 1}`).join(' AND ')
}

/** `INSERT … RETURNING` the key. */
export function insertSql({ table, key }: TableCode, row: Row): string {
  return `INSERT INTO ${table.key} ${valuesSql(row)}${key.length > 0 ? ` RETURNING ${key.map(quoteName).join(', ')}` : ''}`
}

/** `INSERT … ON CONFLICT (…) DO UPDATE` of everything but the key. */
export function upsertSql({ table, key }: TableCode, row: Row, unique: readonly string[]): string {
  const set = [...row.keys()].filter((name) => !key.includes(name)).map((name) => `${quoteName(name)} = EXCLUDED.${quoteName(name)}`)
  const action = set.length > 0 ? `UPDATE SET ${set.join(', ')}` : 'NOTHING'
  return `INSERT INTO ${table.key} ${valuesSql(row)} ON CONFLICT (${unique.map(quoteName).join(', ')}) DO ${action}`
}

/** `UPDATE` of these columns by key; the key's parameters come last. */
export function updateSql({ table, key }: TableCode, names: readonly string[]): string {
  const set = names.map((name, i) => `${quoteName(name)} = $${i + 1}`).join(', ')
  return `UPDATE ${table.key} SET ${set} WHERE ${keyCondition(key, names.length)}`
}

/** `UPDATE` of the first row, as it is: what a write of any other column does to it. */
export function touchSql({ table, key }: TableCode, name: string): string {
  const names = key.map(quoteName).join(', ')
  return `UPDATE ${table.key} SET ${quoteName(name)} = ${quoteName(name)} WHERE (${names}) = (SELECT ${names} FROM ${table.key} ORDER BY ${names} LIMIT 1)`
}

/** `SELECT` of all columns by key, never `*`: ORMs name what they know. */
export function selectSql({ table, key }: TableCode): string {
  return `SELECT ${table.columns.map((c) => quoteName(c.name)).join(', ')} FROM ${table.key} WHERE ${keyCondition(key, 0)}`
}

/** `SELECT` of the first keys of the table. */
export function readKeysSql({ table, key }: TableCode, many: number): string {
  const names = key.map(quoteName).join(', ')
  return `SELECT ${names} FROM ${table.key} ORDER BY ${names} LIMIT ${many}`
}

export function deleteSql({ table, key }: TableCode): string {
  return `DELETE FROM ${table.key} WHERE ${keyCondition(key, 0)}`
}

/** True for a column without which no row can be written. */
export function isRequired({ table, key }: TableCode, name: string): boolean {
  const c = column(table, name)
  return c !== undefined && !c.hasDefault && (c.notNull || key.includes(name) || table.nullsEqual.includes(name))
}

/** True for a column that takes any value of its type, as far as its table says. */
export function isFree({ table }: TableCode, name: string): boolean {
  const bound = [...table.foreign.flatMap((f) => f.columns), ...table.checks.flatMap((c) => c.columns), ...table.distinct]
  return !bound.includes(name)
}

/** True where some key consists of foreign keys only: such rows run out of parents unless they are removed. */
export function usesUpParents({ table }: TableCode): boolean {
  const bound = table.foreign.flatMap((f) => f.columns)
  return table.uniques.some((columns) => columns.every((name) => bound.includes(name)))
}

function valuesSql(row: Row): string {
  const names = [...row.keys()].map(quoteName)
  return row.size > 0 ? `(${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})` : 'DEFAULT VALUES'
}
