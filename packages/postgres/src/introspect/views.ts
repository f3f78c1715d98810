import type { Index, TableName, View, ViewRead } from '@expand-contract/core'
import type { Client } from 'pg'
import { keySql, ownedByUser, USER_SCHEMA } from './session.ts'

interface Row {
  readonly key: TableName
  readonly materialized: boolean
  readonly columns: readonly string[]
  readonly reads: readonly { table: TableName; columns: readonly string[] }[]
}

// What a view reads is what its rewrite rule depends on: columns of tables, partitioned and foreign ones, and other views.
const VIEWS = `
  SELECT ${keySql()} AS key, c.relkind = 'm' AS materialized,
         ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns,
         coalesce((SELECT json_agg(json_build_object('table', dep.key, 'columns', dep.columns) ORDER BY dep.key COLLATE "C") FROM (
           SELECT ${keySql('rn', 'r.relname')} AS key,
                  coalesce(json_agg(a.attname ORDER BY a.attname COLLATE "C") FILTER (WHERE a.attnum IS NOT NULL), '[]') AS columns
           FROM pg_rewrite w
           JOIN (SELECT DISTINCT classid, objid, refclassid, refobjid, refobjsubid FROM pg_depend) d
             ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
           JOIN pg_class r ON r.oid = d.refobjid AND r.oid <> c.oid AND r.relkind IN ('r', 'p', 'f', 'v', 'm')
           JOIN pg_namespace rn ON rn.oid = r.relnamespace
           LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
           WHERE w.ev_class = c.oid AND ${USER_SCHEMA.replaceAll('n.nspname', 'rn.nspname')} GROUP BY 1) dep), '[]') AS reads
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('v', 'm') AND ${USER_SCHEMA} AND ${ownedByUser('pg_class', 'c.oid')}
  ORDER BY (${keySql()}) COLLATE "C"`

/** Every view and materialized view; the indexes are given. */
export async function readViews(client: Client, indexes: ReadonlyMap<TableName, readonly Index[]>): Promise<ReadonlyMap<TableName, View>> {
  const { rows } = await client.query<Row>(VIEWS)
  return new Map(
    rows.map(({ key, materialized, columns, reads }) => [
      key,
      { materialized, columns, reads: reads satisfies readonly ViewRead[], indexes: indexes.get(key) ?? [] },
    ]),
  )
}
