import { type Catalog, incompleteness, quoteName, type Table, type TableName } from '@expand-contract/core'
import { diffLines, diffSchemas, introspect } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { indexSql } from '../../packages/core/src/index-sql.ts'

/** What replay says differently from the database that has run the same history; tables that replay calls incomplete are left out. */
export async function judge(client: Client, replayed: Catalog): Promise<{ tables: number; expressions: number; differences: string[] }> {
  const real = known(await introspect(client), replayed)
  const ours = known(replayed, replayed)
  const expressions = await compareExpressions(client, ours, real)
  return {
    tables: ours.tables.size,
    expressions: expressions.count,
    differences: [...diffSchemas(bare(real), bare(ours)), ...expressions.differences],
  }
}

function known(catalog: Catalog, replayed: Catalog): Catalog {
  return { ...catalog, tables: new Map([...catalog.tables].filter(([key]) => !incompleteness(replayed, key))), incomplete: new Map() }
}

/** Without the texts of expressions, which a history writes otherwise than PostgreSQL prints them, and without views of views. */
function bare(catalog: Catalog): Catalog {
  return {
    ...catalog,
    tables: new Map([...catalog.tables].map(([key, table]) => [key, bareTable(table)])),
    views: new Map([...catalog.views].map(([key]) => [key, { reads: [] }])),
  }
}

const TEXT = '…'

function bareTable(table: Table): Table {
  return {
    ...table,
    columns: table.columns.map((c) => ({
      ...c,
      ...(c.default !== undefined && { default: TEXT }),
      ...(c.generated && { generated: { ...c.generated, expression: TEXT } }),
    })),
    constraints: table.constraints.map((c) => ({ ...c, ...(c.expression !== undefined && { expression: TEXT }) })),
    indexes: table.indexes.map((i) => ({
      ...i,
      keys: i.keys.map((k) => (k.expression === undefined ? k : { ...k, expression: TEXT })),
      ...(i.where !== undefined && { where: TEXT }),
    })),
  }
}

/**
 * Says every expression of the replayed catalog to PostgreSQL once more, in the place of the one that the history wrote: it must print the same.
 * From version 17 on a generated column can be given another expression.
 */
async function compareExpressions(client: Client, ours: Catalog, real: Catalog): Promise<{ count: number; differences: string[] }> {
  const keys = [...ours.tables.keys()].filter((key) => real.tables.has(key))
  await client.query('BEGIN')
  try {
    for (const key of keys) await client.query(saidAgain(key, ours.tables.get(key) as Table).join(';\n'))
    const said = await introspect(client)
    const [expected, found] = [real, said].map((catalog) => new Map(keys.flatMap((key) => texts(key, catalog.tables.get(key) as Table))))
    return { count: expected?.size ?? 0, differences: diffLines(expected ?? new Map(), found ?? new Map()) }
  } finally {
    await client.query('ROLLBACK')
  }
}

function saidAgain(key: TableName, table: Table): string[] {
  const column = (name: string, action: string): string => `ALTER TABLE ${key} ALTER COLUMN ${quoteName(name)} ${action}`
  const constraint = (name: string): string => `CONSTRAINT ${quoteName(name)}`
  return [
    ...table.columns.flatMap((c) => (c.default === undefined ? [] : [column(c.name, `SET DEFAULT ${c.default}`)])),
    ...table.columns.flatMap((c) => (c.generated ? [column(c.name, `SET EXPRESSION AS (${c.generated.expression})`)] : [])),
    ...table.constraints.flatMap((c) => {
      if (c.expression === undefined) return []
      const alter = `ALTER TABLE ${key}`
      return [`${alter} DROP ${constraint(c.name)}`, `${alter} ADD ${constraint(c.name)} CHECK (${c.expression}) NOT VALID`]
    }),
    ...table.indexes.flatMap((i) => {
      if (i.constraint !== undefined) return []
      return [`DROP INDEX ${quoteName(table.schema)}.${quoteName(i.name)} CASCADE`, indexSql(i, key, { concurrently: false }) ?? '']
    }),
  ]
}

function texts(key: TableName, table: Table): [string, string][] {
  return [
    ...table.columns.flatMap((c): [string, string][] => (c.default === undefined ? [] : [[`default of ${key} ${c.name}`, c.default]])),
    ...table.columns.flatMap((c): [string, string][] => (c.generated ? [[`generated ${key} ${c.name}`, c.generated.expression]] : [])),
    ...table.constraints.flatMap((c): [string, string][] => (c.expression === undefined ? [] : [[`check ${key} ${c.name}`, c.expression]])),
    ...table.indexes.flatMap((i): [string, string][] =>
      i.constraint === undefined ? [[`index ${key} ${i.name}`, JSON.stringify([i.method, i.unique, i.keys, i.include, i.where])]] : [],
    ),
  ]
}
