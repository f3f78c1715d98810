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
}

/** SQL: the names of the columns of relation `oid` that the array `numbers` lists, in its order. An expression has the number 0. */
function columnNames(oid: string, numbers: string): string {
  return `ARRAY(
    SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY AS u(number, place)
    JOIN pg_attribute a ON a.attrelid = ${oid} AND a.attnum = u.number ORDER BY u.place)`
}

// NOT NULL constraints (contype n, from version 18 on) are told by the columns, constraint triggers (t) by the triggers.
const CONSTRAINTS = `
  SELECT ${keySql()} AS key, k.conname AS name, k.contype AS kind, ${columnNames('k.conrelid', 'k.conkey')} AS columns,
         k.convalidated AS validated, k.condeferrable AS deferrable,
         CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS expression,
         ${keySql('fn', 'f.relname')} AS target, ${columnNames('k.confrelid', 'k.confkey')} AS target_columns,
         k.confdeltype AS on_delete, k.confupdtype AS on_update
  ${FROM_TABLES}
  JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c', 'x')
  LEFT JOIN pg_class f ON f.oid = k.confrelid
  LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
  ${WHERE_TABLES}
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
      },
    }),
    ...(row.deferrable && { deferrable: true }),
  }
}
