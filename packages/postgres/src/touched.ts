import { type PgNode, type Plan, parseStatements, quoteName, untag } from '@expand-contract/core'
import type pg from 'pg'

interface Names {
  /** Tables, views and indexes as SQL. */
  readonly relations: Set<string>
  /** Types whose own definition changes, as SQL. */
  readonly types: Set<string>
}

/** Names of everything that the plan and its source write about. Text that can't be parsed names nothing. */
export function namesIn(plan: Plan): Names {
  const names: Names = { relations: new Set(), types: new Set() }
  const steps = plan.stages.flatMap((stage) => stage.steps)
  const sql = steps.flatMap((step) => (step.kind === 'ddl' ? step.sql : step.kind === 'check' ? [step.sql] : []))
  for (const text of [plan.source.sql, ...sql]) {
    try {
      for (const { stmt } of parseStatements(text)) collect(stmt, names)
    } catch {
      // The server gets to see the text later and says what is wrong with it.
    }
  }
  for (const step of steps) if (step.kind === 'backfill') names.relations.add(step.table)
  for (const { table } of [...plan.syncs, ...plan.expects]) names.relations.add(table)
  return names
}

/** Those of the names that are tables in this database, or the tables of indexes and types, as `"schema"."table"`. */
export async function touchedTables(client: pg.Client, { relations, types }: Names): Promise<string[]> {
  const { rows } = await client.query(
    `WITH named AS (SELECT c.oid, c.relkind FROM unnest($1::text[]) w(name) JOIN pg_class c ON c.oid = to_regclass(w.name)),
      tables AS (
        SELECT oid FROM named UNION SELECT i.indrelid FROM named n JOIN pg_index i ON i.indexrelid = n.oid
        UNION SELECT a.attrelid FROM unnest($2::text[]) w(name) JOIN pg_attribute a ON a.atttypid = to_regtype(w.name) AND NOT a.attisdropped)
     SELECT n.nspname AS schema, c.relname AS name FROM tables t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'expand_contract') ORDER BY 1, 2`,
    [[...relations], [...types]],
  )
  return rows.map((r) => `${quoteName(r.schema)}.${quoteName(r.name)}`)
}

function collect(node: unknown, names: Names): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, names)
    return
  }
  if (node === null || typeof node !== 'object') return
  const fields = node as PgNode
  if (typeof fields.relname === 'string') names.relations.add(path([fields.schemaname, fields.relname]))
  const [tag, inner] = untag(fields)
  if (tag === 'DropStmt') collectDrop(inner, names)
  if (tag === 'AlterEnumStmt' || tag === 'AlterDomainStmt') names.types.add(path(texts(inner.typeName)))
  if (tag === 'RenameStmt' && inner.renameType === 'OBJECT_TYPE') names.types.add(path(texts(inner.object?.List?.items)))
  for (const value of Object.values(fields)) collect(value, names)
}

function collectDrop(drop: PgNode, names: Names): void {
  for (const object of (drop.objects ?? []) as PgNode[]) {
    const parts = texts(object.List?.items ?? object.TypeName?.names)
    if (['OBJECT_TABLE', 'OBJECT_INDEX'].includes(drop.removeType)) names.relations.add(path(parts))
    if (['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE'].includes(drop.removeType)) names.relations.add(path(parts.slice(0, -1)))
    if (['OBJECT_TYPE', 'OBJECT_DOMAIN'].includes(drop.removeType)) names.types.add(path(parts))
  }
}

function texts(list: readonly PgNode[] | undefined): string[] {
  return (list ?? []).map((n) => (n.String?.sval as string | undefined) ?? '')
}

function path(parts: readonly (string | undefined)[]): string {
  return parts
    .filter((p) => p)
    .map((p) => quoteName(p as string))
    .join('.')
}
