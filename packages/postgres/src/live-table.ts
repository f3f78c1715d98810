import { quoteName } from '@expand-contract/core'
import type pg from 'pg'

/** What a value of a column must look like. */
export interface ValueType {
  /** pg_type.typname under all domains: `int4`, `varchar`; for an enum its own name. */
  readonly base: string
  /** As PostgreSQL keeps it: -1 for none, length + 4 for varchar, packed precision and scale for numeric. */
  readonly typmod: number
  /** Labels of an enum, in order; empty for other types. */
  readonly labels: readonly string[]
  /** Set for arrays. */
  readonly element?: ValueType
}

export interface LiveColumn {
  readonly name: string
  /** As `format_type` prints it: safe to put into a cast. */
  readonly type: string
  readonly value: ValueType
  readonly notNull: boolean
  readonly hasDefault: boolean
  /** Filled by a sequence: serial or identity. Code leaves it out. */
  readonly counts: boolean
  /** GENERATED … AS (expression): cannot be written. */
  readonly generated: boolean
}

export interface LiveForeignKey {
  readonly columns: readonly string[]
  /** Catalog key of the table that is referenced. */
  readonly table: string
  readonly references: readonly string[]
}

/** A constraint that a value must meet, with the columns it looks at. */
export interface LiveCheck {
  readonly name: string
  readonly columns: readonly string[]
  readonly definition: string
}

/** A table as a real database has it, with what is needed to write rows that it accepts. */
export interface LiveTable {
  /** `"schema"."table"`: key and SQL in one. */
  readonly key: string
  readonly oid: string
  readonly columns: readonly LiveColumn[]
  readonly primary: readonly string[]
  /** Column lists of unique indexes without predicate or expression, the primary key first. */
  readonly uniques: readonly (readonly string[])[]
  /** The same by index name: the server names the index in a violation. */
  readonly uniqueNames: ReadonlyMap<string, readonly string[]>
  /** Columns whose values must not repeat, for any of the unique indexes. */
  readonly distinct: readonly string[]
  /** Columns of a unique index in which NULL equals NULL (NULLS NOT DISTINCT). */
  readonly nullsEqual: readonly string[]
  readonly foreign: readonly LiveForeignKey[]
  readonly checks: readonly LiveCheck[]
}

const COLUMNS = `
  WITH RECURSIVE base AS (
    SELECT oid AS start, oid, typtype, typbasetype, typtypmod FROM pg_type
    UNION ALL
    SELECT b.start, t.oid, t.typtype, t.typbasetype, CASE WHEN b.typtypmod >= 0 THEN b.typtypmod ELSE t.typtypmod END
    FROM base b JOIN pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd'
  ), resolved AS (
    SELECT b.start, t.oid, t.typname::text AS name, b.typtypmod, CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END AS element
    FROM base b JOIN pg_type t ON t.oid = b.oid WHERE b.typtype <> 'd'
  )
  SELECT a.attrelid::text AS oid, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, r.name AS base, e.name AS element,
    CASE WHEN a.atttypmod >= 0 THEN a.atttypmod WHEN r.start <> r.oid THEN r.typtypmod ELSE -1 END AS typmod,
    ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = coalesce(e.oid, r.oid) ORDER BY enumsortorder) AS labels,
    a.attnotnull AS "notNull", a.attgenerated <> '' AS generated, a.atthasdef AND a.attgenerated = '' OR a.attidentity <> '' AS "hasDefault",
    a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%' AS counts,
    ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.contypid = a.atttypid) AS "domainChecks",
    ARRAY(SELECT k.conname::text FROM pg_constraint k WHERE k.contypid = a.atttypid) AS "domainNames"
  FROM pg_attribute a JOIN resolved r ON r.start = a.atttypid LEFT JOIN resolved e ON e.start = r.element
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`

const NAMES = (numbers: string, table: string) =>
  `ARRAY(SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY k(n, i) JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.n ORDER BY k.i)`

const CONSTRAINTS = `
  SELECT c.conrelid::text AS oid, c.conname AS name, c.contype AS kind, ${NAMES('c.conkey', 'c.conrelid')} AS columns,
    ${NAMES('c.confkey', 'c.confrelid')} AS refs, n.nspname AS schema, p.relname AS parent, pg_get_constraintdef(c.oid) AS definition
  FROM pg_constraint c LEFT JOIN pg_class p ON p.oid = c.confrelid LEFT JOIN pg_namespace n ON n.oid = p.relnamespace
  WHERE c.conrelid = ANY($1) AND c.contype IN ('f', 'c') AND c.conparentid = 0 ORDER BY c.conname`

const UNIQUES = `
  SELECT i.indrelid::text AS oid, x.relname AS name, i.indisprimary AS "isPrimary",
    ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(n, i2) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n
      WHERE k.i2 <= i.indnkeyatts ORDER BY k.i2) AS columns,
    ARRAY(SELECT DISTINCT a.attname::text FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refobjid = i.indrelid AND d.refobjsubid > 0) AS named,
    i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid AND i.indimmediate AS plain, coalesce(to_jsonb(i)->>'indnullsnotdistinct' = 'true', false) AS "nullsEqual"
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = ANY($1) AND i.indisunique ORDER BY i.indisprimary DESC, x.relname`

/** Reads tables by name as SQL (`"User"`, `"auth"."User"`, `users`), resolved by the session's search_path. Names that are no table are left out. */
export async function readLiveTables(client: pg.Client, names: readonly string[]): Promise<LiveTable[]> {
  const found = await client.query(
    `SELECT DISTINCT c.oid::text AS oid, n.nspname AS schema, c.relname AS name FROM unnest($1::text[]) w(name)
     JOIN pg_class c ON c.oid = to_regclass(w.name) JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') ORDER BY 2, 3`,
    [names],
  )
  const oids = found.rows.map((r) => r.oid as string)
  const columns = await client.query(COLUMNS, [oids])
  const constraints = await client.query(CONSTRAINTS, [oids])
  const uniques = await client.query(UNIQUES, [oids])
  return found.rows.map((table): LiveTable => {
    const own = <T extends { oid: string }>(rows: T[]) => rows.filter((r) => r.oid === table.oid)
    const indexes = own(uniques.rows).map((i) => ({ ...i, all: [...new Set([...i.columns, ...i.named])] as string[] }))
    const plain = indexes.filter((i) => i.plain)
    const domains = own(columns.rows).flatMap((c) =>
      (c.domainChecks as string[]).map((definition, i) => ({ name: c.domainNames[i] as string, columns: [c.name as string], definition })),
    )
    return {
      key: `${quoteName(table.schema)}.${quoteName(table.name)}`,
      oid: table.oid,
      columns: own(columns.rows).map(toColumn),
      primary: plain.find((i) => i.isPrimary)?.columns ?? [],
      uniques: plain.map((i) => i.columns),
      uniqueNames: new Map(indexes.map((i) => [i.name, i.all])),
      distinct: [...new Set(indexes.flatMap((i) => i.all))],
      nullsEqual: [...new Set(indexes.filter((i) => i.nullsEqual).flatMap((i) => i.all))],
      foreign: own(constraints.rows)
        .filter((c) => c.kind === 'f')
        .map((c) => ({ columns: c.columns, table: `${quoteName(c.schema)}.${quoteName(c.parent)}`, references: c.refs })),
      checks: [...own(constraints.rows).filter((c) => c.kind === 'c'), ...domains],
    }
  })
}

function toColumn(row: { [field: string]: unknown }): LiveColumn {
  const labels = row.labels as string[]
  const typmod = row.typmod as number
  const value: ValueType = row.element
    ? { base: row.base as string, typmod, labels: [], element: { base: row.element as string, typmod, labels } }
    : { base: row.base as string, typmod, labels }
  const { name, type, notNull, hasDefault, counts, generated } = row as unknown as LiveColumn
  return { name, type, value, notNull, hasDefault, counts, generated }
}
