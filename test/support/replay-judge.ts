import {
  type Catalog,
  type Domain,
  EVERYTHING,
  type Index,
  incompleteness,
  quoteName,
  type Table,
  type TableName,
  type View,
} from '@expand-contract/core'
import { diffSchemas, introspect } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { tableKey } from '../../packages/core/src/sql/relation.ts'
import { splitType } from '../../packages/core/src/sql/type-name.ts'
import { type Said, sayAgain } from './say-again.ts'

/** What the judge saw at one moment. */
export interface Verdict {
  /** Tables and views that were compared. */
  readonly tables: number
  /** What replay calls incomplete, as its keys (`*`: everything), with the reason; those tables are left out. */
  readonly incomplete: readonly string[]
  /** Expressions that were said to PostgreSQL again: those that were not compared before. */
  readonly expressions: number
  readonly differences: readonly string[]
}

/**
 * Compares replayed catalogs with what a database that has run the same statements holds. It is called after each migration or statement and remembers what it has
 * compared: an expression is said to PostgreSQL again only where replay's text or the database's has changed. Where the client is inside a transaction, it
 * sees that transaction's changes and leaves them alone.
 */
export function createJudge(client: Client, version: number, kept: readonly string[] = []): (replayed: Catalog) => Promise<Verdict> {
  const said: Said = new Set()
  return async (replayed) => {
    const catalogs = [await introspect(client), ofVersion(replayed, version)].map((catalog) => withoutKept(catalog, kept))
    const [real, ours] = catalogs.map((catalog) => known(catalog, replayed, catalogs)) as [Catalog, Catalog]
    const differences = [...diffSchemas(withoutTexts(real), withoutTexts(ours, real)), ...orderDifferences(real, ours)]
    // What has other columns or constraints than it should is told already, and may not take the expressions.
    const fits = (key: string): boolean => !differences.some((line) => line.includes(key))
    const both = (mine: ReadonlyMap<string, unknown>, theirs: ReadonlyMap<string, unknown>): string[] =>
      [...mine.keys()].filter((key) => theirs.has(key) && fits(key))
    const tables = [...both(ours.tables, real.tables), ...both(ours.views, real.views)]
    const found = await sayAgain(client, said, { ours, real, tables, domains: both(ours.domains, real.domains) })
    return {
      tables: ours.tables.size + ours.views.size,
      incomplete: [...replayed.incomplete].map(([key, { reason }]) => `${key}: ${reason}`),
      expressions: found.count,
      differences: [...differences, ...found.differences],
    }
  }
}

/** The catalog without tables that replay calls incomplete and what hangs on them; nothing at all where everything is. `catalogs` are both that are compared. */
function known(catalog: Catalog, replayed: Catalog, catalogs: readonly Catalog[]): Catalog {
  if (replayed.incomplete.has(EVERYTHING)) return { ...catalog, ...NOTHING }
  // Introspection does not tell temporary tables.
  const isKnown = (key: TableName): boolean =>
    !incompleteness(replayed, key) &&
    !key.startsWith('"pg_temp".') &&
    catalogs.every(({ tables }) => tables.get(key)?.parents?.every(isKnown) ?? true)
  const ofKnown = <V>(map: ReadonlyMap<string, V>): Map<string, V> => new Map([...map].filter(([key]) => isKnown(key)))
  const ofKnownTypes = <V>(map: ReadonlyMap<string, V>): Map<string, V> =>
    new Map([...map].filter(([type]) => isKnown(tableKey(...(splitType(type).toReversed() as [string, string])))))
  const names = (set: ReadonlySet<string>): Set<string> => new Set([...set].filter((name) => !replayed.incomplete.has(quoteName(name))))
  return {
    ...catalog,
    tables: ofKnown(catalog.tables),
    views: ofKnown(catalog.views),
    functions: ofKnown(catalog.functions),
    enums: ofKnownTypes(catalog.enums),
    domains: ofKnownTypes(catalog.domains),
    composites: ofKnownTypes(catalog.composites),
    ranges: ofKnownTypes(catalog.ranges ?? new Map()),
    schemas: names(catalog.schemas),
    extensions: names(catalog.extensions),
    sequences: new Map(
      [...catalog.sequences].filter(([key, { ownedBy }]) => isKnown(key) && (ownedBy === undefined || isKnown(ownedBy.table))),
    ),
    incomplete: new Map(),
  }
}

function withoutKept(catalog: Catalog, kept: readonly string[]): Catalog {
  if (kept.length === 0) return catalog
  const others = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> => new Map([...map].filter(([key]) => !kept.includes(key)))
  const schemas = new Set([...catalog.schemas].filter((schema) => !kept.includes(schema)))
  return { ...catalog, tables: others(catalog.tables), sequences: others(catalog.sequences), schemas }
}

const NOTHING = {
  tables: new Map(),
  views: new Map(),
  sequences: new Map(),
  enums: new Map(),
  domains: new Map(),
  composites: new Map(),
  ranges: new Map(),
  functions: new Map(),
  schemas: new Set<string>(),
  extensions: new Set<string>(),
  incomplete: new Map(),
}

/** Replay names NOT NULL constraints as version 18 does; before it there are none. */
function ofVersion(catalog: Catalog, version: number): Catalog {
  if (version >= 18) return catalog
  const unnamed = (table: Table): Table => ({ ...table, columns: table.columns.map(({ notNullConstraint: _, ...c }) => c) })
  return { ...catalog, tables: new Map([...catalog.tables].map(([key, table]) => [key, unnamed(table)])) }
}

/** The order of columns counts for `*`, for rows and for copies. */
function orderDifferences(real: Catalog, ours: Catalog): string[] {
  return [...ours.tables].flatMap(([key, table]) => {
    const [have, want] = [table, real.tables.get(key)].map((t) => t?.columns.map((c) => c.name) ?? [])
    const isSame = want?.every((name, i) => name === have?.[i])
    const isSameSet = want?.length === have?.length && want?.every((name) => have?.includes(name))
    return isSame || !isSameSet ? [] : [`order of columns of ${key}: expected ${want?.join(', ')}, found ${have?.join(', ')}`]
  })
}

const TEXT = '…'

/** Without the texts of expressions, which a history writes otherwise than PostgreSQL prints them. Where replay does not know a view's columns, `real` lends them. */
function withoutTexts(catalog: Catalog, real: Catalog = catalog): Catalog {
  return {
    ...catalog,
    tables: new Map([...catalog.tables].map(([key, table]) => [key, bareTable(table)])),
    views: new Map([...catalog.views].map(([key, view]) => [key, bareView(view, real.views.get(key))])),
    domains: new Map([...catalog.domains].map(([key, domain]) => [key, bareDomain(domain)])),
  }
}

const bared = new WeakMap<Table, Table>()

function bareTable(table: Table): Table {
  const before = bared.get(table)
  if (before) return before
  const bare: Table = {
    ...table,
    ...(table.bound !== undefined && { bound: TEXT }),
    ...(table.partitionedBy !== undefined && { partitionedBy: TEXT }),
    columns: table.columns.map((c) => ({
      ...c,
      ...(c.default !== undefined && { default: TEXT }),
      ...(c.generated && { generated: { ...c.generated, expression: TEXT } }),
    })),
    constraints: table.constraints.map((c) => ({ ...c, ...(c.expression !== undefined && { expression: TEXT }) })),
    indexes: table.indexes.map(bareIndex),
    triggers: table.triggers.map((t) => ({ ...t, ...(t.when !== undefined && { when: TEXT }) })),
    policies: table.policies.map((p) => ({
      ...p,
      ...(p.using !== undefined && { using: TEXT }),
      ...(p.check !== undefined && { check: TEXT }),
    })),
  }
  bared.set(table, bare)
  return bare
}

function bareIndex(index: Index): Index {
  return {
    ...index,
    keys: index.keys.map((k) => (k.expression === undefined ? k : { ...k, expression: TEXT })),
    ...(index.where !== undefined && { where: TEXT }),
  }
}

function bareView(view: View, real: View | undefined): View {
  const reads = view.reads.map((read) => {
    const theirs = read.columns === undefined ? real?.reads.find((r) => r.table === read.table) : undefined
    return theirs ?? read
  })
  const columns = view.columns ?? real?.columns
  return { ...view, reads, ...(columns && { columns }), indexes: view.indexes.map(bareIndex) }
}

function bareDomain(domain: Domain): Domain {
  return {
    ...domain,
    ...(domain.default !== undefined && { default: TEXT }),
    checks: domain.checks.map((c) => ({ ...c, expression: TEXT })),
  }
}
