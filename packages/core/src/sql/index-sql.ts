import type { Index } from '../catalog/catalog.ts'
import { renameColumn } from './expression.ts'
import { quoteName } from './sql.ts'

/** A column and the one that takes its place. */
export interface Renamed {
  readonly from: string
  readonly to: string
}

/** The expression with each of the columns renamed, or undefined where that can't be done surely. */
export function renameAll(expression: string, renames: readonly Renamed[]): string | undefined {
  return renames.reduce<string | undefined>((text, { from, to }) => text && renameColumn(text, from, to), expression)
}

/**
 * `CREATE INDEX` for an index of the catalog, on the table `on` (SQL), under another name and with columns renamed. Undefined where one of its expressions can't
 * be rewritten surely.
 */
export function indexSql(
  index: Index,
  on: string,
  options: { name?: string; concurrently: boolean; rename?: Renamed | readonly Renamed[] },
): string | undefined {
  const renames = [options.rename ?? []].flat()
  const expression = (e: string): string | undefined => renameAll(e, renames)
  const columnName = (c: string): string => quoteName(renames.find((r) => r.from === c)?.to ?? c)
  const keys = index.keys.map((k) => {
    const subject = k.column !== undefined ? columnName(k.column) : wrap(expression(k.expression ?? ''))
    return subject && `${subject}${k.options ? ` ${k.options}` : ''}`
  })
  const where = index.where === undefined ? '' : expression(index.where)
  if (where === undefined || keys.some((k) => k === undefined)) return undefined
  return [
    `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${options.concurrently ? 'CONCURRENTLY ' : ''}${quoteName(options.name ?? index.name)} ON ${on}`,
    `USING ${index.method} (${keys.join(', ')})`,
    ...(index.include.length > 0 ? [`INCLUDE (${index.include.map(columnName).join(', ')})`] : []),
    ...(index.nullsNotDistinct ? ['NULLS NOT DISTINCT'] : []),
    ...(where ? [`WHERE ${where}`] : []),
  ].join(' ')
}

function wrap(expression: string | undefined): string | undefined {
  return expression === undefined ? undefined : `(${expression})`
}
