import type { Backfill } from '@expand-contract/core'
import type { Client } from 'pg'

/** What decides how a table is gone through. */
export interface TableFacts {
  /** The table with its partitions and children. */
  readonly oids: readonly number[]
  /** Blocks of the largest of them. */
  readonly blocks: number
  /** Rows, as the statistics have it; where there are none yet, taken from the size. */
  readonly rows: number
  /** An index names a column that is set: no new version of a row can be heap-only. */
  readonly setsIndexed: boolean
}

/** Rows that a block is taken to hold where the statistics do not know. */
export const ROWS_PER_BLOCK = 50

/** The table that is gone through, as SQL: the list of rows where the step has one. */
export function walked({ list, table }: Backfill): string {
  return list ?? table
}

/** Reads the catalog, never the table. */
export async function readFacts(client: Client, step: Backfill): Promise<TableFacts> {
  const { rows } = await client.query<{ oids: number[]; blocks: number; rows: number; known: boolean; indexed: boolean }>(
    `WITH RECURSIVE tree AS (
       SELECT $1::regclass::oid AS oid
       UNION SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = tree.oid
     ), size AS (
       SELECT max(pg_relation_size(oid)) / current_setting('block_size')::bigint AS blocks,
         sum(pg_relation_size(oid)) / current_setting('block_size')::bigint AS all_blocks FROM tree
     )
     SELECT array_agg(c.oid) AS oids, (SELECT blocks FROM size)::float8 AS blocks,
       (CASE WHEN bool_or(c.reltuples > 0) THEN sum(greatest(c.reltuples, 0)) ELSE (SELECT all_blocks FROM size) * $3::int END)::float8 AS rows,
       EXISTS (
         SELECT FROM pg_catalog.pg_index i JOIN tree ON i.indrelid = tree.oid
         JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attname = ANY ($2::name[])
         WHERE a.attnum = ANY (i.indkey) OR EXISTS (
           SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
             AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum)
       ) AS indexed
     FROM tree JOIN pg_catalog.pg_class c USING (oid)`,
    [walked(step), step.set.map((s) => s.column), ROWS_PER_BLOCK],
  )
  const found = rows[0]
  if (!found) throw new Error(`nothing is known of ${walked(step)}`)
  return { oids: found.oids, blocks: found.blocks, rows: found.rows, setsIndexed: found.indexed }
}
