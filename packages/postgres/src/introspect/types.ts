import type { Domain, Range, Sequence, TypeName } from '@expand-contract/core'
import type { Client } from 'pg'
import { keySql, ownedByUser, USER_SCHEMA } from './session.ts'

const ENUMS = `
  SELECT format_type(t.oid, NULL) AS name, coalesce(array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FILTER (WHERE e.oid IS NOT NULL), '{}') AS value
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_enum e ON e.enumtypid = t.oid
  WHERE t.typtype = 'e' AND ${USER_SCHEMA} AND ${ownedByUser('pg_type', 't.oid')}
  GROUP BY t.oid ORDER BY format_type(t.oid, NULL) COLLATE "C"`

/** Labels of every enum, in order. */
export async function readEnums(client: Client): Promise<ReadonlyMap<TypeName, readonly string[]>> {
  const { rows } = await client.query<{ name: string; value: string[] }>(ENUMS)
  return new Map(rows.map(({ name, value }) => [name, value]))
}

const COMPOSITES = `
  SELECT format_type(t.oid, NULL) AS name,
         coalesce((SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
                   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS value
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
  WHERE ${USER_SCHEMA} AND ${ownedByUser('pg_type', 't.oid')}
  ORDER BY format_type(t.oid, NULL) COLLATE "C"`

/** Attributes of every composite type that is not a table's. */
export async function readComposites(client: Client): Promise<ReadonlyMap<TypeName, readonly { name: string; type: TypeName }[]>> {
  const { rows } = await client.query<{ name: string; value: { name: string; type: string }[] }>(COMPOSITES)
  return new Map(rows.map(({ name, value }) => [name, value]))
}

// Functions that make values of a range hang on it by an internal dependency.
const RANGES = `
  SELECT format_type(r.rngtypid, NULL) AS name, format_type(r.rngsubtype, NULL) AS subtype, format_type(r.rngmultitypid, NULL) AS multirange,
         (SELECT coalesce(json_agg(DISTINCT (${keySql('pn', 'p.proname')})), '[]')
          FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid JOIN pg_namespace pn ON pn.oid = p.pronamespace
          WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass AND d.refobjid IN (r.rngtypid, r.rngmultitypid)
            AND d.deptype = 'i') AS constructors
  FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE ${USER_SCHEMA} AND ${ownedByUser('pg_type', 't.oid')}
  ORDER BY format_type(r.rngtypid, NULL) COLLATE "C"`

/** Every range type. */
export async function readRanges(client: Client): Promise<ReadonlyMap<TypeName, Range>> {
  const { rows } = await client.query<Range & { name: TypeName }>(RANGES)
  return new Map(rows.map(({ name, ...range }) => [name, range]))
}

interface DomainRow {
  readonly name: string
  readonly base: string
  readonly not_null: boolean
  readonly expression: string | null
  readonly collation: string | null
  readonly checks: readonly { name: string; expression: string; validated: boolean }[]
}

const DOMAINS = `
  SELECT format_type(t.oid, NULL) AS name, format_type(t.typbasetype, t.typtypmod) AS base, t.typnotnull AS not_null,
         pg_get_expr(t.typdefaultbin, 0) AS expression,
         CASE WHEN t.typcollation <> b.typcollation THEN
           CASE WHEN ln.nspname = 'pg_catalog' THEN '' ELSE quote_ident(ln.nspname) || '.' END || quote_ident(l.collname) END AS collation,
         coalesce((SELECT json_agg(json_build_object('name', k.conname, 'expression', pg_get_expr(k.conbin, 0), 'validated', k.convalidated)
                                   ORDER BY k.conname COLLATE "C")
                   FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'), '[]') AS checks
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
  LEFT JOIN pg_collation l ON l.oid = t.typcollation LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
  WHERE t.typtype = 'd' AND ${USER_SCHEMA} AND ${ownedByUser('pg_type', 't.oid')}
  ORDER BY format_type(t.oid, NULL) COLLATE "C"`

/** Every domain with its checks. */
export async function readDomains(client: Client): Promise<ReadonlyMap<TypeName, Domain>> {
  const { rows } = await client.query<DomainRow>(DOMAINS)
  return new Map(rows.map((row) => [row.name, domain(row)]))
}

function domain({ base, not_null, expression, collation, checks }: DomainRow): Domain {
  return {
    base,
    notNull: not_null,
    ...(expression !== null && { default: expression }),
    ...(collation !== null && { collation }),
    checks,
  }
}

interface SequenceRow {
  readonly key: string
  readonly type: Sequence['type']
  readonly table: string | null
  readonly column: string | null
  readonly identity: boolean
}

// A sequence hangs on its column by an automatic (serial, OWNED BY) or an internal (identity) dependency.
const SEQUENCES = `
  SELECT ${keySql()} AS key, format_type(s.seqtypid, NULL) AS type, ${keySql('tn', 't.relname')} AS table, a.attname AS column,
         coalesce(d.deptype = 'i', false) AS identity
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence s ON s.seqrelid = c.oid
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
  LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
  WHERE ${USER_SCHEMA} AND ${ownedByUser('pg_class', 'c.oid')}
  ORDER BY (${keySql()}) COLLATE "C"`

/** Every sequence, those of serial and identity columns included. */
export async function readSequences(client: Client): Promise<ReadonlyMap<string, Sequence>> {
  const { rows } = await client.query<SequenceRow>(SEQUENCES)
  return new Map(
    rows.map(({ key, type, table, column, identity }) => [
      key,
      { type, ...(table !== null && column !== null && { ownedBy: { table, column } }), ...(identity && { identity: true as const }) },
    ]),
  )
}
