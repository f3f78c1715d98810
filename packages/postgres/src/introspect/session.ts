import type { TableName } from '@expand-contract/core'
import type { Client, QueryResultRow } from 'pg'

/**
 * Runs `read` with an empty search_path, so that PostgreSQL prints every name with its schema, and leaves the session as it was. Outside a
 * transaction all of `read` sees one snapshot; inside the caller's it sees that transaction's own changes.
 */
export async function withEmptyPath<T>(client: Client, read: () => Promise<T>): Promise<T> {
  const inside = client.getTransactionStatus() === 'T'
  await client.query(inside ? 'SAVEPOINT expand_contract_introspect' : 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    await client.query(`SET LOCAL search_path = ''`)
    return await read()
  } finally {
    // Nothing was written: going back undoes the setting, and an error of `read`.
    await client.query(inside ? 'ROLLBACK TO SAVEPOINT expand_contract_introspect' : 'ROLLBACK')
    if (inside) await client.query('RELEASE SAVEPOINT expand_contract_introspect')
  }
}

/** SQL condition: the schema `n` (a row of pg_namespace) is a user's, neither PostgreSQL's nor our ledger's. */
export const USER_SCHEMA = `NOT starts_with(n.nspname, 'pg_') AND n.nspname NOT IN ('information_schema', 'expand_contract')`

/** SQL condition: no extension owns the object `oid` of the system catalog `catalog`. */
export function ownedByUser(catalog: 'pg_class' | 'pg_type' | 'pg_proc' | 'pg_namespace', oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`
}

/** SQL: a relation's key in the catalog, for rows of pg_namespace and pg_class. Always quoted, as `quoteName` does. */
export function keySql(namespace = 'n', relation = 'c.relname'): string {
  return `'"' || replace(${namespace}.nspname, '"', '""') || '"."' || replace(${relation}, '"', '""') || '"'`
}

/** FROM and WHERE of every question about tables: ordinary and partitioned ones, partitions included. */
export const FROM_TABLES = `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace`

/** WHERE that goes with {@link FROM_TABLES}. */
export const WHERE_TABLES = `WHERE c.relkind IN ('r', 'p') AND ${USER_SCHEMA} AND ${ownedByUser('pg_class', 'c.oid')}`

/** The rows of a question about tables, made into values and gathered under their table's `key`, in the order of the question. */
export async function byTable<Row extends QueryResultRow & { readonly key: TableName }, T>(
  client: Client,
  sql: string,
  make: (row: Row) => T,
): Promise<ReadonlyMap<TableName, readonly T[]>> {
  const gathered = new Map<TableName, T[]>()
  for (const row of (await client.query<Row>(sql)).rows) {
    const list = gathered.get(row.key)
    if (list) list.push(make(row))
    else gathered.set(row.key, [make(row)])
  }
  return gathered
}
