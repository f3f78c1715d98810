import { type Catalog, quoteName, splitType, type TableName, type TypeName, userType } from '@expand-contract/core'
import { type Block, type Entry, readPsl } from '../psl.ts'
import type { SchemaFile } from '../schema.ts'
import { tableOf } from '../tables.ts'
import type { Placed } from './splice.ts'

/** What tables, columns, enums and values are called in schema.prisma, those that it does not have yet included. */
export interface Names {
  readonly models: ReadonlyMap<TableName, Placed>
  readonly enums: ReadonlyMap<TypeName, Placed>
  /** The blocks of the schema say which schema of the database they are in. */
  readonly multiSchema: boolean
  model(table: TableName): string
  enum(type: TypeName): string | undefined
  /** The field of a column, or the name that a new one gets. */
  field(table: TableName, column: string): string
  value(type: TypeName, label: string): string
  /** A name in the model that nothing has yet; it is taken from then on. */
  fresh(table: TableName, wanted: string): string
}

/** Reads the names out of a schema; what is only in the catalog gets names that are free. */
export function namesIn(files: readonly SchemaFile[], catalogs: readonly Catalog[]): Names {
  const placed = files.flatMap(([file, source]) => readPsl(source).map((block): Placed => ({ file, source, block })))
  const models = new Map(placed.filter(({ block }) => block.keyword === 'model').map((p) => [keyOf(p.block), p]))
  const enums = new Map(placed.filter(({ block }) => block.keyword === 'enum').map((p) => [enumKey(p.block), p]))
  const blocks = new Set(placed.map(({ block }) => block.name))
  const madeUp = new Map<string, string>()
  /** One name for one thing, whenever it is asked for. */
  const named = (key: string, wanted: string, taken: Set<string>): string => {
    const before = madeUp.get(key)
    if (before !== undefined) return before
    const name = free(identifier(wanted), taken)
    taken.add(name)
    madeUp.set(key, name)
    return name
  }
  const fields = new Map<TableName, Set<string>>()
  const fieldsOf = (table: TableName): Set<string> => {
    const found = fields.get(table) ?? new Set(models.get(table)?.block.entries.map((e) => e.name))
    fields.set(table, found)
    return found
  }
  return {
    models,
    enums,
    multiSchema: placed.some(({ block }) => block.attributes.some((a) => a.name === 'schema')),
    model: (table) => models.get(table)?.block.name ?? named(`model ${table}`, lastOf(table), blocks),
    enum: (type) =>
      enums.get(type)?.block.name ??
      (catalogs.some((c) => c.enums.has(type)) ? named(`enum ${type}`, splitType(type)[1], blocks) : undefined),
    field: (table, column) => {
      const entry = fieldEntry(models.get(table), column, models)
      return entry?.name ?? named(`field ${table} ${column}`, column, fieldsOf(table))
    },
    value: (type, label) => valueEntry(enums.get(type), label)?.name ?? identifier(label),
    fresh: (table, wanted) => {
      const taken = fieldsOf(table)
      const name = free(identifier(wanted), taken)
      taken.add(name)
      return name
    },
  }
}

/** The field of a column. */
export function fieldEntry(model: Placed | undefined, column: string, models: Names['models']): Entry | undefined {
  const named = model?.block.entries.filter((e) => (mapOf(e) ?? e.name) === column)
  return named?.find((e) => e.type && !isModel(baseOf(e), models))
}

/** The line of an enum's value. */
export function valueEntry(placed: Placed | undefined, label: string): Entry | undefined {
  return placed?.block.entries.find((e) => (mapOf(e) ?? e.name) === label)
}

/** The type of a field without `?` and `[]`. */
export function baseOf(entry: Entry): string {
  return (entry.type?.written ?? '').replace(/(\?|\[\])$/, '').trim()
}

function isModel(name: string, models: Names['models']): boolean {
  return [...models.values()].some(({ block }) => block.name === name)
}

function mapOf({ attributes }: Entry): string | undefined {
  return attributes.find((a) => a.name === 'map')?.text?.value
}

function keyOf(block: Block): TableName {
  const { schema, name } = tableOf(block)
  return `${quoteName(schema)}.${quoteName(name)}`
}

function enumKey(block: Block): TypeName {
  const { schema, name } = tableOf(block)
  return userType([schema, name])
}

function lastOf(table: TableName): string {
  return splitTable(table).name
}

/** Schema and name of a table, unquoted. */
export function splitTable(table: TableName): { readonly schema: string; readonly name: string } {
  const [schema = '', name = ''] = table.slice(1, -1).split('"."')
  return { schema: schema.replaceAll('""', '"'), name: name.replaceAll('""', '"') }
}

/** A name as schema.prisma allows it: it begins with a letter. */
function identifier(name: string): string {
  const word = name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^_+/, '')
  return /^[A-Za-z]/.test(word) ? word : `x${word}`
}

function free(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  for (let i = 1; ; i++) {
    const next = `${name}_${i === 1 ? 'old' : `old${i}`}`
    if (!taken.has(next)) return next
  }
}
