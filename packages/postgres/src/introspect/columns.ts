import type { Column, TableName } from '@expand-contract/core'
import type { Client } from 'pg'
import { byTable, FROM_TABLES, keySql, WHERE_TABLES } from './session.ts'

interface Row {
  readonly key: TableName
  readonly name: string
  readonly type: string
  readonly not_null: boolean
  readonly expression: string | null
  readonly identity: '' | 'a' | 'd'
  readonly generated: '' | 's' | 'v'
  readonly collation: string | null
  readonly constraint: { name: string; validated: boolean; no_inherit: boolean; inherited: boolean } | null
  readonly inherited: boolean
}

// Version 17 gives the columns of partitions the identity of their parent's, without a sequence of their own.
const OWN_SEQUENCE = `EXISTS (SELECT FROM pg_depend s WHERE s.refclassid = 'pg_class'::regclass AND s.refobjid = c.oid AND s.refobjsubid = a.attnum AND s.deptype = 'i')`

// From version 18 on a NOT NULL can be NOT VALID: attnotnull is set, but old rows are not proved, so it is no NOT NULL to rest on.
const COLUMNS = `
  SELECT ${keySql()} AS key, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
         a.attnotnull AND coalesce(k.convalidated, true) AS not_null,
         pg_get_expr(d.adbin, d.adrelid) AS expression, 
         CASE WHEN c.relispartition AND NOT ${OWN_SEQUENCE} THEN '' ELSE a.attidentity END AS identity, a.attgenerated AS generated,
         CASE WHEN a.attcollation <> t.typcollation THEN
           CASE WHEN ln.nspname = 'pg_catalog' THEN '' ELSE quote_ident(ln.nspname) || '.' END || quote_ident(l.collname)
         END AS collation,
         CASE WHEN k.oid IS NOT NULL THEN json_build_object(
           'name', k.conname, 'validated', k.convalidated, 'no_inherit', k.connoinherit, 'inherited', k.coninhcount > 0 AND NOT k.conislocal) END AS constraint,
         a.attinhcount > 0 AND NOT a.attislocal AS inherited
  ${FROM_TABLES}
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'n' AND k.conkey[1] = a.attnum
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
  LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
  ${WHERE_TABLES}
  ORDER BY c.oid, a.attnum`

/** The columns of every table, in their order. */
export function readColumns(client: Client): Promise<ReadonlyMap<TableName, readonly Column[]>> {
  return byTable(client, COLUMNS, column)
}

function column(row: Row): Column {
  return {
    name: row.name,
    type: row.type,
    notNull: row.not_null,
    ...(row.expression !== null && row.generated === '' && { default: row.expression }),
    ...(row.identity !== '' && { identity: row.identity === 'a' ? 'always' : 'by default' }),
    ...(row.generated !== '' && { generated: { expression: row.expression ?? '', stored: row.generated === 's' } }),
    ...(row.collation !== null && { collation: row.collation }),
    ...(row.constraint && {
      notNullConstraint: {
        name: row.constraint.name,
        validated: row.constraint.validated,
        ...(row.constraint.no_inherit && { noInherit: true as const }),
        ...(row.constraint.inherited && { inherited: true as const }),
      },
    }),
    ...(row.inherited && { inherited: true as const }),
  }
}
