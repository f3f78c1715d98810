import { quoteName } from '@expand-contract/core'
import type { Client } from 'pg'

/** A table about to lose something, as the catalog has it. */
export interface LiveTable {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly columns: readonly LiveColumn[]
  /** Columns of each unique key whose columns are all NOT NULL, the primary key first. */
  readonly keys: readonly (readonly string[])[]
}

export interface LiveColumn {
  readonly name: string
  /** As SQL. */
  readonly type: string
  /** The type belongs to a user or an extension: what holds such a value keeps the type from being dropped. */
  readonly isOfUser: boolean
  readonly isGenerated: boolean
}

/** Reads a table by its name as SQL; undefined where there is none. */
export async function readTable(client: Client, name: string): Promise<LiveTable | undefined> {
  const { rows } = await client.query<LiveTable>(
    `SELECT c.oid::int8::float8 AS oid, n.nspname::text AS schema, c.relname::text AS name,
       (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'isGenerated', a.attgenerated <> '',
          'isOfUser', EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = a.attnum
             AND d.refclassid = 'pg_type'::regclass)) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       coalesce((SELECT json_agg(k.names ORDER BY k.isprimary DESC, k.indexrelid) FROM (
          SELECT i.indisprimary AS isprimary, i.indexrelid, array_agg(a.attname ORDER BY u.n) AS names
          FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS u (attnum, n) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum
          WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL AND u.n <= i.indnkeyatts
          GROUP BY i.indexrelid, i.indisprimary HAVING bool_and(a.attnotnull)) k), '[]') AS keys
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p')`,
    [name],
  )
  return rows[0]
}

/** `"auth"."User"` */
export function nameOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${quoteName(schema)}.${quoteName(name)}`
}
