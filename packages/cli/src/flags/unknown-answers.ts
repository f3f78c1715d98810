import {
  type Catalog,
  displayTable,
  EVERYTHING,
  type Intent,
  type Migration,
  namesTable,
  type Table,
  UserError,
} from '@expand-contract/core'
import { didYouMean } from '../report/nearest.ts'
import { flagOf } from './answers.ts'

/**
 * Throws {@link UserError} for an answer by flag about a column that the migration has nothing to do with: a misspelt name would otherwise be passed over in
 * silence. Of a table whose schema is not known the names are taken as they are.
 */
export function refuseUnknownAnswers(answers: readonly Intent[], { id, script, before, after }: Migration): void {
  for (const answer of answers) {
    if (answer.kind === 'value') refuseUnknownValue(answer, before)
    if (answer.kind === 'rename-table' || answer.kind === 'drop-table') refuseUnknownTable(answer, id, before, after)
    if (answer.column === undefined) continue
    if (isUnknown([before, after], answer.table)) continue
    const known = [...columnsOf(before, answer.table), ...columnsOf(after, answer.table)]
    const isKnown = known.includes(answer.column) && script.text.includes(answer.column)
    if (!isKnown) {
      const touched = touchedColumns([before, after], script.text)
      throw new UserError(
        `${flagOf(answer)}: the migration ${id} does nothing to ${answer.table}.${answer.column}.${didYouMean(`${answer.table}.${answer.column}`, touched)}`,
      )
    }
    if (answer.kind === 'move' && !isUnknown([after], answer.into) && !columnsOf(after, answer.into).includes(answer.to)) {
      throw new UserError(
        `${flagOf(answer)}: after the migration ${id} there is no column ${answer.to} in a table ${answer.into}.${didYouMean(answer.to, columnsOf(after, answer.into))}`,
      )
    }
    if ((answer.kind === 'rename' || answer.kind === 'map') && !columnsOf(after, answer.table).includes(answer.to)) {
      throw new UserError(
        `${flagOf(answer)}: after the migration ${id} there is no column ${answer.to} in ${answer.table}.${didYouMean(answer.to, columnsOf(after, answer.table))}`,
      )
    }
  }
}

/** Any table may be meant by what is not known, or this very one. */
function isUnknown(catalogs: readonly Catalog[], written: string): boolean {
  return catalogs.some(({ incomplete }) => incomplete.has(EVERYTHING) || [...incomplete.keys()].some((key) => namesTable(written, key)))
}

function refuseUnknownValue(answer: Extract<Intent, { kind: 'value' }>, { enums, incomplete }: Catalog): void {
  const bare = (type: string): string => type.replaceAll('"', '').replace(/^public\./, '')
  const labels = [...enums].find(([type]) => bare(type) === bare(answer.type))?.[1]
  if (labels?.includes(answer.value) || incomplete.has(EVERYTHING)) return
  const known = [...enums].flatMap(([type, all]) => all.map((label) => `${bare(type)}.${label}`))
  throw new UserError(
    `${flagOf(answer)}: there is no value ${answer.value} in an enum ${answer.type}.${didYouMean(`${answer.type}.${answer.value}`, known)}`,
  )
}

function refuseUnknownTable(
  answer: Extract<Intent, { kind: 'rename-table' | 'drop-table' }>,
  id: string,
  before: Catalog,
  after: Catalog,
): void {
  if (isUnknown([before, after], answer.table)) return
  const [old, made] = [before, after].map((catalog) => [...catalog.tables.keys()])
  const dropped = old?.filter((key) => !made?.includes(key)) ?? []
  if (!dropped.some((key) => namesTable(answer.table, key)))
    throw new UserError(
      `${flagOf(answer)}: the migration ${id} does not drop a table ${answer.table}.${didYouMean(answer.table, dropped.map(displayTable))}`,
    )
  const added = made?.filter((key) => !old?.includes(key)) ?? []
  if (answer.kind === 'rename-table' && !added.some((key) => namesTable(answer.to, key)))
    throw new UserError(
      `${flagOf(answer)}: the migration ${id} does not make a table ${answer.to}.${didYouMean(answer.to, added.map(displayTable))}`,
    )
}

function columnsOf(catalog: Catalog, written: string): string[] {
  const table = [...catalog.tables.values()].find((t) => shown(t) === written || `${t.schema}.${t.name}` === written)
  return table?.columns.map((c) => c.name) ?? []
}

function touchedColumns(catalogs: readonly Catalog[], sql: string): string[] {
  const all = catalogs.flatMap((catalog) => [...catalog.tables.values()].flatMap((t) => t.columns.map((c) => [t, c.name] as const)))
  const touched = all.filter(([t, column]) => sql.includes(t.name) && sql.includes(column))
  return [...new Set(touched.map(([t, column]) => `${shown(t)}.${column}`))]
}

function shown({ schema, name }: Table): string {
  return schema === 'public' ? name : `${schema}.${name}`
}
