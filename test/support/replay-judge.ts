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

/** Says every expression of the replayed catalog to PostgreSQL once more: it must print each as it prints the one that the history wrote. */
async function compareExpressions(client: Client, ours: Catalog, real: Catalog): Promise<{ count: number; differences: string[] }> {
  await client.query('BEGIN')
  try {
    for (const [key, table] of ours.tables) {
      const statements = real.tables.has(key) ? again(key, table) : []
      if (statements.length > 0) await client.query(statements.join(';\n'))
    }
    const said = await introspect(client)
    const expected = new Map([...real.tables].flatMap(([key, table]) => (ours.tables.has(key) ? texts(key, table, '') : [])))
    const found = new Map(
      [...said.tables].flatMap(([key, table]) => (ours.tables.has(key) && real.tables.has(key) ? texts(key, table, AGAIN) : [])),
    )
    return { count: expected.size, differences: diffLines(expected, found) }
  } finally {
    await client.query('ROLLBACK')
  }
}

const AGAIN = ' again'

function again(key: TableName, table: Table): string[] {
  const alter = `ALTER TABLE ${key}`
  return [
    ...table.columns.flatMap((c) => [
      ...(c.default === undefined ? [] : [`${alter} ALTER COLUMN ${quoteName(c.name)} SET DEFAULT ${c.default}`]),
      ...(c.generated
        ? [`${alter} ADD COLUMN ${quoteName(c.name + AGAIN)} ${c.type} GENERATED ALWAYS AS (${c.generated.expression}) STORED`]
        : []),
    ]),
    ...table.constraints.flatMap((c) =>
      c.expression === undefined
        ? []
        : [`${alter} ADD CONSTRAINT ${quoteName(c.name.slice(0, 50) + AGAIN)} CHECK (${c.expression}) NOT VALID`],
    ),
    ...table.indexes.flatMap((i) =>
      i.constraint === undefined ? [indexSql(i, key, { name: i.name.slice(0, 50) + AGAIN, concurrently: false }) ?? ''] : [],
    ),
  ]
}

function texts(key: TableName, table: Table, suffix: string): [string, string][] {
  const named = <T extends { readonly name: string }>(list: readonly T[]): [string, T][] =>
    list.flatMap((item) => {
      if (suffix === '') return [[item.name.slice(0, 50), item] as [string, T]]
      return item.name.endsWith(suffix) ? [[item.name.slice(0, -suffix.length), item] as [string, T]] : []
    })
  return [
    ...table.columns.flatMap((c): [string, string][] => (c.default === undefined ? [] : [[`default of ${key} ${c.name}`, c.default]])),
    ...named(table.columns).flatMap(([name, c]): [string, string][] =>
      c.generated ? [[`generated ${key} ${name}`, c.generated.expression]] : [],
    ),
    ...named(table.constraints).flatMap(([name, c]): [string, string][] =>
      c.expression === undefined ? [] : [[`check ${key} ${name}`, c.expression]],
    ),
    ...named(table.indexes).flatMap(([name, i]): [string, string][] =>
      i.constraint === undefined ? [[`index ${key} ${name}`, JSON.stringify([i.method, i.unique, i.keys, i.include, i.where])]] : [],
    ),
  ]
}
