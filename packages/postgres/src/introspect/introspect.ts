import type { Catalog, Table, TableName, View } from '@expand-contract/core'
import type { Client } from 'pg'
import { readColumns } from './columns.ts'
import { readConstraints } from './constraints.ts'
import { readIndexes } from './indexes.ts'
import { FROM_TABLES, keySql, ownedByUser, USER_SCHEMA, WHERE_TABLES, withEmptyPath } from './session.ts'

/**
 * The schema of a database as core's value, from the system catalogs alone. User schemas only, without what extensions own; expressions
 * as PostgreSQL prints them with an empty search_path. Version 18's NOT NULL constraints are told by `notNull`; one that is NOT VALID is
 * not told. Leaves the session as it was; inside a transaction it sees that transaction's changes. Versions 14 to 18.
 */
export function introspect(client: Client): Promise<Catalog> {
  return withEmptyPath(client, async () => ({
    tables: await readTables(client),
    enums: new Map(await pairs<readonly string[]>(client, ENUMS)),
    views: new Map((await pairs<readonly string[]>(client, VIEWS)).map(([name, reads]): [TableName, View] => [name, { materialized: false, reads: reads.map((table) => ({ table })), indexes: [] }])),
    functions: new Map(await pairs<'immutable' | 'stable' | 'volatile'>(client, FUNCTIONS)),
    domains: new Map(),
    composites: new Map(),
    sequences: new Map(),
    schemas: new Set(await names(client, SCHEMAS)),
    extensions: new Set(await names(client, EXTENSIONS)),
    incomplete: new Map(),
  }))
}

interface TableRow {
  readonly key: TableName
  readonly schema: string
  readonly name: string
  readonly kind: Table['kind']
  readonly triggers: readonly string[]
  readonly policies: readonly string[]
}

const TABLES = `
  SELECT ${keySql()} AS key, n.nspname AS schema, c.relname AS name,
         CASE WHEN c.relispartition THEN 'partition' WHEN c.relkind = 'p' THEN 'partitioned'
              WHEN EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid) THEN 'inherited' ELSE 'table' END AS kind,
         ARRAY(SELECT t.tgname::text FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
               ORDER BY t.tgname COLLATE "C") AS triggers,
         ARRAY(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid ORDER BY p.polname COLLATE "C") AS policies
  ${FROM_TABLES} ${WHERE_TABLES}
  ORDER BY (${keySql()}) COLLATE "C"`

async function readTables(client: Client): Promise<ReadonlyMap<TableName, Table>> {
  const { rows } = await client.query<TableRow>(TABLES)
  const columns = await readColumns(client)
  const constraints = await readConstraints(client)
  const indexes = await readIndexes(client)
  return new Map(
    rows.map(({ key, triggers, policies, ...table }) => [
      key,
      {
        ...table,
        triggers: triggers.map((name) => ({ name, function: '', updateOf: [] })),
        policies: policies.map((name) => ({ name })),
        columns: columns.get(key) ?? [],
        constraints: constraints.get(key) ?? [],
        indexes: indexes.get(key) ?? [],
      },
    ]),
  )
}

const ENUMS = `
  SELECT format_type(t.oid, NULL) AS name, coalesce(array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FILTER (WHERE e.oid IS NOT NULL), '{}') AS value
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_enum e ON e.enumtypid = t.oid
  WHERE t.typtype = 'e' AND ${USER_SCHEMA} AND ${ownedByUser('pg_type', 't.oid')}
  GROUP BY t.oid ORDER BY format_type(t.oid, NULL) COLLATE "C"`

// What a view reads is what its rewrite rule depends on: tables, partitioned and foreign ones, other views.
const VIEWS = `
  SELECT ${keySql()} AS name, ARRAY(
           SELECT DISTINCT (${keySql('rn', 'r.relname')}) COLLATE "C" AS key
           FROM pg_rewrite w
           JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
           JOIN pg_class r ON r.oid = d.refobjid AND r.oid <> c.oid AND r.relkind IN ('r', 'p', 'f', 'v', 'm')
           JOIN pg_namespace rn ON rn.oid = r.relnamespace
           WHERE w.ev_class = c.oid ORDER BY 1) AS value
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('v', 'm') AND ${USER_SCHEMA} AND ${ownedByUser('pg_class', 'c.oid')}
  ORDER BY (${keySql()}) COLLATE "C"`

// Overloads share one entry: the least predictable of them stands for all.
const FUNCTIONS = `
  SELECT ${keySql('n', 'p.proname')} AS name,
         CASE max(CASE p.provolatile WHEN 'v' THEN 3 WHEN 's' THEN 2 ELSE 1 END)
           WHEN 3 THEN 'volatile' WHEN 2 THEN 'stable' ELSE 'immutable' END AS value
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prokind = 'f' AND ${USER_SCHEMA} AND ${ownedByUser('pg_proc', 'p.oid')}
  GROUP BY 1 ORDER BY (${keySql('n', 'p.proname')}) COLLATE "C"`

const SCHEMAS = `SELECT n.nspname::text AS name FROM pg_namespace n WHERE ${USER_SCHEMA} ORDER BY n.nspname COLLATE "C"`

const EXTENSIONS = `SELECT extname::text AS name FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname COLLATE "C"`

async function names(client: Client, sql: string): Promise<string[]> {
  return (await client.query<{ name: string }>(sql)).rows.map((row) => row.name)
}

async function pairs<T>(client: Client, sql: string): Promise<[string, T][]> {
  const { rows } = await client.query<{ name: string; value: T }>(sql)
  return rows.map((row) => [row.name, row.value])
}
