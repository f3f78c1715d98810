import type { Constraint, ReferentialAction, TableName } from '@expand-contract/core'
import type { Client } from 'pg'
import { byTable, FROM_TABLES, keySql, WHERE_TABLES } from './session.ts'

const KINDS = { p: 'primary', u: 'unique', f: 'foreign', c: 'check', x: 'exclude' } as const
const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}

interface Row {
  readonly key: TableName
  readonly name: string
  readonly kind: keyof typeof KINDS
  readonly columns: readonly string[]
  readonly validated: boolean
  readonly deferrable: boolean
  readonly expression: string | null
  readonly target: TableName | null
  readonly target_columns: readonly string[]
  readonly on_delete: string
  readonly on_update: string
  readonly full: boolean
  readonly sets: readonly string[]
  readonly deferred: boolean
  readonly no_inherit: boolean
  readonly enforced: boolean
  readonly operators: readonly string[]
  readonly inherited: boolean
  readonly period: boolean
}

/** SQL: the names of the columns of relation `oid` that the array `numbers` lists, in its order. An expression has the number 0. */
function columnNames(oid: string, numbers: string): string {
  return `ARRAY(
    SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY AS u(number, place)
    JOIN pg_attribute a ON a.attrelid = ${oid} AND a.attnum = u.number ORDER BY u.place)`
}

// A foreign key to a partitioned table has one more row for each of its partitions, on the same table: an inside of PostgreSQL's.
// NOT NULL constraints (contype n, from version 18 on) are told by the columns, constraint triggers (t) by the triggers.
const CONSTRAINTS = `
  SELECT ${keySql()} AS key, k.conname AS name, k.contype AS kind, ${columnNames('k.conrelid', 'k.conkey')} AS columns,
         k.convalidated AS validated, k.condeferrable AS deferrable,
         CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS expression,
         ${keySql('fn', 'f.relname')} AS target, ${columnNames('k.confrelid', 'k.confkey')} AS target_columns,
         k.confdeltype AS on_delete, k.confupdtype AS on_update, k.confmatchtype = 'f' AS full, k.condeferred AS deferred,
         k.contype = 'c' AND k.connoinherit AS no_inherit,
         coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AS enforced,
         ARRAY(SELECT a.attname::text FROM jsonb_array_elements(nullif(to_jsonb(k) -> 'confdelsetcols', 'null')) WITH ORDINALITY AS u(number, place)
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number::int ORDER BY u.place) AS sets,
         ARRAY(SELECT o.oprname::text FROM unnest(k.conexclop) WITH ORDINALITY AS u(oid, place)
               JOIN pg_operator o ON o.oid = u.oid ORDER BY u.place) AS operators,
         k.coninhcount > 0 AND NOT k.conislocal AS inherited,
         coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false) AS period
  ${FROM_TABLES}
  JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c', 'x')
  LEFT JOIN pg_class f ON f.oid = k.confrelid
  LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
  ${WHERE_TABLES}
  AND NOT EXISTS (SELECT FROM pg_constraint above WHERE above.oid = k.conparentid AND above.conrelid = k.conrelid)
  ORDER BY k.conname COLLATE "C", k.oid`

/** The constraints of every table, by name. */
export function readConstraints(client: Client): Promise<ReadonlyMap<TableName, readonly Constraint[]>> {
  return byTable(client, CONSTRAINTS, constraint)
}

function constraint(row: Row): Constraint {
  return {
    name: row.name,
    kind: KINDS[row.kind],
    columns: row.columns,
    validated: row.validated,
    ...(row.expression !== null && { expression: row.expression }),
    ...(row.target !== null && {
      references: {
        table: row.target,
        columns: row.target_columns,
        onDelete: ACTIONS[row.on_delete] ?? 'no action',
        onUpdate: ACTIONS[row.on_update] ?? 'no action',
        ...(row.full && { full: true as const }),
        ...(row.sets.length > 0 && { sets: row.sets }),
      },
    }),
    ...(row.deferrable && { deferrable: true }),
    ...(row.deferred && { initiallyDeferred: true as const }),
    ...(row.no_inherit && { noInherit: true as const }),
    ...(!row.enforced && { notEnforced: true as const }),
    ...(row.operators.length > 0 && { operators: row.operators }),
    ...(row.inherited && { inherited: true as const }),
    ...(row.period && { period: true as const }),
  }
}
