import type { Index, IndexKey, TableName } from '@expand-contract/core'
import type { Client } from 'pg'
import { byTable, FROM_TABLES, keySql, ownedByUser, USER_SCHEMA } from './session.ts'

interface Row {
  readonly key: TableName
  readonly name: string
  readonly unique: boolean
  readonly method: string
  readonly keys: readonly { column: string | null; expression: string | null; options: string }[]
  readonly include: readonly string[]
  readonly where: string | null
  readonly nulls_not_distinct: boolean
  readonly valid: boolean
  readonly constraint: string | null
  readonly parent: string | null
  readonly made_as: readonly string[] | null
}

// One row of `k` is one key: `col` the table's column (none for an expression), `own` the index's own attribute, which has the parameters
// of the operator class. Options are printed as PostgreSQL does: only what differs from the default, in its order. What collation an
// expression has by itself only PostgreSQL knows: one that differs from it stands behind the expression in the whole definition.
const COLLATION = `'COLLATE ' || CASE WHEN ln.nspname = 'pg_catalog' THEN '' ELSE quote_ident(ln.nspname) || '.' END || quote_ident(l.collname)`
const KEY_OPTIONS = `concat_ws(' ',
    CASE WHEN col.attcollation <> l.oid
           OR col.attnum IS NULL AND strpos(pg_get_indexdef(x.oid, 0, true), pg_get_indexdef(x.oid, k, true) || ' ' || ${COLLATION}) > 0
      THEN ${COLLATION} END,
    CASE WHEN NOT oc.opcdefault OR own.attoptions IS NOT NULL THEN
      CASE WHEN ocn.nspname = 'pg_catalog' THEN '' ELSE quote_ident(ocn.nspname) || '.' END || quote_ident(oc.opcname) ||
      coalesce((SELECT ' (' || string_agg(quote_ident(o.option_name) || '=' || quote_literal(o.option_value), ', ') || ')'
                FROM pg_options_to_table(own.attoptions) o), '') END,
    CASE WHEN i.indoption[k - 1] & 1 = 1 THEN 'DESC' END,
    CASE i.indoption[k - 1] & 3 WHEN 1 THEN 'NULLS LAST' WHEN 2 THEN 'NULLS FIRST' END)`

// indnullsnotdistinct exists from version 15 on: read through the row as JSON, one question serves all versions.
const INDEXES = `
  SELECT ${keySql()} AS key, x.relname AS name, i.indisunique AS unique, am.amname AS method,
         (SELECT json_agg(json_build_object(
              'column', col.attname,
              'expression', CASE WHEN col.attnum IS NULL THEN pg_get_indexdef(x.oid, k, true) END,
              'options', ${KEY_OPTIONS}) ORDER BY k)
          FROM generate_series(1, i.indnkeyatts) AS k
          JOIN pg_attribute own ON own.attrelid = x.oid AND own.attnum = k
          LEFT JOIN pg_attribute col ON col.attrelid = c.oid AND col.attnum = nullif(i.indkey[k - 1], 0)
          LEFT JOIN pg_collation l ON l.oid = i.indcollation[k - 1]
          LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
          JOIN pg_opclass oc ON oc.oid = i.indclass[k - 1]
          JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace) AS keys,
         ARRAY(SELECT col.attname::text FROM generate_series(i.indnkeyatts + 1, i.indnatts) AS k
               JOIN pg_attribute col ON col.attrelid = c.oid AND col.attnum = i.indkey[k - 1] ORDER BY k) AS include,
         pg_get_expr(i.indpred, i.indrelid) AS where,
         coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_not_distinct, i.indisvalid AS valid,
         (SELECT con.conname FROM pg_constraint con
          WHERE con.conindid = x.oid AND con.conrelid = c.oid AND con.contype IN ('p', 'u', 'x')) AS constraint,
         (SELECT above.relname FROM pg_inherits h JOIN pg_class above ON above.oid = h.inhparent WHERE h.inhrelid = x.oid) AS parent,
         (SELECT json_agg(own.attname ORDER BY own.attnum) FROM pg_attribute own WHERE own.attrelid = x.oid
          HAVING bool_or(coalesce(own.attname <> (SELECT col.attname FROM pg_attribute col WHERE col.attrelid = c.oid AND col.attnum = nullif(i.indkey[own.attnum - 1], 0)), false))) AS made_as
  ${FROM_TABLES}
  JOIN pg_index i ON i.indrelid = c.oid
  JOIN pg_class x ON x.oid = i.indexrelid
  JOIN pg_am am ON am.oid = x.relam
  WHERE c.relkind IN ('r', 'p', 'm') AND ${USER_SCHEMA} AND ${ownedByUser('pg_class', 'c.oid')}
  ORDER BY x.relname COLLATE "C", x.oid`

/** The indexes of every table and materialized view, by name. */
export function readIndexes(client: Client): Promise<ReadonlyMap<TableName, readonly Index[]>> {
  return byTable(client, INDEXES, index)
}

function index(row: Row): Index {
  return {
    name: row.name,
    unique: row.unique,
    method: row.method,
    keys: row.keys.map(indexKey),
    include: row.include,
    ...(row.where !== null && { where: row.where }),
    nullsNotDistinct: row.nulls_not_distinct,
    valid: row.valid,
    ...(row.constraint !== null && { constraint: row.constraint }),
    ...(row.parent !== null && { parent: row.parent }),
    ...(row.made_as !== null && { madeAs: row.made_as }),
  }
}

function indexKey(key: Row['keys'][number]): IndexKey {
  if (key.column !== null) return { column: key.column, options: key.options }
  const text = key.expression ?? ''
  // PostgreSQL puts parentheses around all of it, or prints a call, which starts with the function's name.
  return { expression: text.startsWith('(') ? text.slice(1, -1) : text, options: key.options }
}
