import type { Constraint, Index, Policy, Table, TableName, Trigger } from '@expand-contract/core'
import { readTrigger } from '@expand-contract/core'
import type { Client } from 'pg'
import { readColumns } from './columns.ts'
import { readConstraints } from './constraints.ts'
import { byTable, FROM_TABLES, keySql, WHERE_TABLES } from './session.ts'

interface Row {
  readonly key: TableName
  readonly schema: string
  readonly name: string
  readonly kind: Table['kind']
  readonly persistence: 'p' | 'u' | 't'
  readonly parents: readonly TableName[]
  readonly bound: string | null
  readonly partitioned_by: string | null
  readonly of_type: string | null
}

const TABLES = `
  SELECT ${keySql()} AS key, n.nspname AS schema, c.relname AS name,
         CASE WHEN c.relispartition THEN 'partition' WHEN c.relkind = 'p' THEN 'partitioned'
              WHEN EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid) THEN 'inherited' ELSE 'table' END AS kind,
         c.relpersistence AS persistence,
         ARRAY(SELECT ${keySql('pn', 'p.relname')} FROM pg_inherits h
               JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
               WHERE h.inhrelid = c.oid ORDER BY h.inhseqno) AS parents,
         pg_get_expr(c.relpartbound, c.oid) AS bound,
         CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partitioned_by,
         CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type
  ${FROM_TABLES} ${WHERE_TABLES} AND NOT pg_is_other_temp_schema(n.oid)
  ORDER BY (${keySql()}) COLLATE "C"`

/** Every table, with what belongs to it; its indexes are given. */
export async function readTables(
  client: Client,
  indexes: ReadonlyMap<TableName, readonly Index[]>,
): Promise<ReadonlyMap<TableName, Table>> {
  const { rows } = await client.query<Row>(TABLES)
  const columns = await readColumns(client)
  const constraints: ReadonlyMap<TableName, readonly Constraint[]> = await readConstraints(client)
  const triggers = await readTriggers(client)
  const policies = await readPolicies(client)
  return new Map(
    rows.map((row) => [
      row.key,
      {
        schema: row.schema,
        name: row.name,
        kind: row.kind,
        ...(row.persistence !== 'p' && { persistence: row.persistence === 'u' ? 'unlogged' : 'temporary' }),
        ...(row.parents.length > 0 && { parents: row.parents }),
        ...(row.bound !== null && { bound: row.bound }),
        ...(row.partitioned_by !== null && { partitionedBy: row.partitioned_by }),
        ...(row.of_type !== null && { ofType: row.of_type }),
        columns: columns.get(row.key) ?? [],
        constraints: constraints.get(row.key) ?? [],
        indexes: indexes.get(row.key) ?? [],
        triggers: triggers.get(row.key) ?? [],
        policies: policies.get(row.key) ?? [],
      },
    ]),
  )
}

// Version 14 calls a partition's part of a row trigger internal.
const TRIGGERS = `
  SELECT ${keySql()} AS key, pg_get_triggerdef(t.oid) AS definition
  ${FROM_TABLES} JOIN pg_trigger t ON t.tgrelid = c.oid AND (NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgconstraint = 0)
  ${WHERE_TABLES}
  ORDER BY t.tgname COLLATE "C"`

function readTriggers(client: Client): Promise<ReadonlyMap<TableName, readonly Trigger[]>> {
  return byTable<{ key: TableName; definition: string }, Trigger>(client, TRIGGERS, (row) => readTrigger(row.definition))
}

interface PolicyRow {
  readonly key: TableName
  readonly name: string
  readonly using: string | null
  readonly check: string | null
}

const POLICIES = `
  SELECT ${keySql()} AS key, p.polname AS name, pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check
  ${FROM_TABLES} JOIN pg_policy p ON p.polrelid = c.oid
  ${WHERE_TABLES}
  ORDER BY p.polname COLLATE "C"`

function readPolicies(client: Client): Promise<ReadonlyMap<TableName, readonly Policy[]>> {
  return byTable<PolicyRow, Policy>(client, POLICIES, ({ name, using, check }) => ({
    name,
    ...(using !== null && { using }),
    ...(check !== null && { check }),
  }))
}
