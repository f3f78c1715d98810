import { type Destroyed, quoteName } from '@expand-contract/core'
import type { Client } from 'pg'
import { LEDGER_SCHEMA } from '../ledger/index.ts'
import { type LiveTable, nameOf } from './table.ts'

/**
 * Whether a table can be moved out of the way in place of being dropped, with nothing of it left in anybody's way: it is one of its own, nothing depends on it, it uses no type
 * or function that could be dropped later, and its indexes and sequences find their names free there.
 */
export async function canMove(client: Client, { oid }: LiveTable, { columns, cascades }: Destroyed): Promise<boolean> {
  if (columns || cascades) return false
  const { rows } = await client.query<{ free: boolean }>(
    `WITH part AS (
       SELECT 'pg_class'::regclass AS classid, $1::oid AS objid
       UNION ALL SELECT 'pg_class'::regclass, indexrelid FROM pg_index WHERE indrelid = $1
       UNION ALL SELECT 'pg_attrdef'::regclass, oid FROM pg_attrdef WHERE adrelid = $1
       UNION ALL SELECT 'pg_constraint'::regclass, oid FROM pg_constraint WHERE conrelid = $1 AND contype <> 'f'
       UNION ALL SELECT 'pg_trigger'::regclass, oid FROM pg_trigger WHERE tgrelid = $1 AND NOT tgisinternal
       UNION ALL SELECT 'pg_policy'::regclass, oid FROM pg_policy WHERE polrelid = $1
     ), along AS (
       SELECT relname FROM pg_class WHERE oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = $1)
         OR oid IN (SELECT objid FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = $1 AND deptype IN ('a', 'i') AND classid = 'pg_class'::regclass)
     )
     SELECT (SELECT relkind = 'r' AND NOT relispartition FROM pg_class WHERE oid = $1)
       AND NOT EXISTS (SELECT FROM pg_inherits WHERE $1 IN (inhparent, inhrelid))
       AND NOT EXISTS (SELECT FROM pg_depend d JOIN part USING (classid, objid) WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_type'::regclass))
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = $1)
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = $1 AND conrelid <> $1)
       AND NOT EXISTS (SELECT FROM pg_publication_rel WHERE prrelid = $1)
       AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $2 AND c.relname IN (SELECT relname FROM along))
       AS free`,
    [oid, LEDGER_SCHEMA],
  )
  return rows[0]?.free === true
}

/** What stands in the place of DROP TABLE: a change of the catalog, as short as the drop. Its own foreign keys go, for they would keep rows of other tables from going. */
export async function movingSql(client: Client, table: LiveTable, name: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT conname::text AS name FROM pg_constraint WHERE conrelid = $1 AND contype = 'f' ORDER BY 1`,
    [table.oid],
  )
  return [
    ...rows.map((key) => `ALTER TABLE ${nameOf(table)} DROP CONSTRAINT ${quoteName(key.name)}`),
    `ALTER TABLE ${nameOf(table)} RENAME TO ${quoteName(name)}`,
    `ALTER TABLE ${quoteName(table.schema)}.${quoteName(name)} SET SCHEMA ${LEDGER_SCHEMA}`,
  ]
}
