import { type Query, quoteName, type Records, UserError } from '@expand-contract/core'
import type { Client } from 'pg'

/** A row of the ORM's own table. */
export type Row = Readonly<Record<string, unknown>>

/** The rows of the ORM's own table of applied migrations; makes it, or brings it up to date, as the ORM would. Throws {@link UserError} where the ORM would stop. */
export async function readOwnTable(client: Client, records: Records): Promise<Row[]> {
  const { table, create, upgrade, wantsEmpty } = records
  const columns = await columnsOf(client, table)
  if (columns.length === 0) {
    if (wantsEmpty) await refuseUnknown(client, records)
    for (const query of create) await run(client, query)
  } else if (upgrade && !columns.includes(upgrade.lacks)) {
    for (const query of upgrade.queries) await run(client, query)
  }
  return (await client.query<Row>(`SELECT * FROM ${quoteName(table.schema)}.${quoteName(table.name)}`)).rows
}

/** The rows of that table as it is, changing nothing; none where it is not there. */
export async function peekOwnTable(client: Client, { table }: Records): Promise<Row[]> {
  if ((await columnsOf(client, table)).length === 0) return []
  return (await client.query<Row>(`SELECT * FROM ${quoteName(table.schema)}.${quoteName(table.name)}`)).rows
}

/** Runs a query of an adapter. */
export async function run(client: Client, { text, values }: Query): Promise<void> {
  await client.query(text, [...values])
}

async function columnsOf(client: Client, { schema, name }: Records['table']): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.attname::text AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
    [schema, name],
  )
  return rows.map((row) => row.name)
}

async function refuseUnknown(client: Client, { table: { schema, name }, markApplied }: Records): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LIMIT 1`,
    [schema],
  )
  if (!rows[0]) return
  throw new UserError(
    `The schema ${schema} of this database is not empty (${rows[0].name}), but has no table ${name} that says which migrations are applied there: applying all of them would stop half way. Where it is the right database, say what it has already:\n  ${markApplied('<migration>')}`,
  )
}
