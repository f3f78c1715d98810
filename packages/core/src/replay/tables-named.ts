import type { Catalog, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { rangeKey } from '../sql/relation.ts'

/** Tables and views that a node names anywhere in its tree, each once. Names of a WITH query count only where a table has them too. */
export function relationsNamed(node: unknown, catalog: Catalog): readonly TableName[] {
  const found = new Set<TableName>()
  const queries = new Set<string>()
  collect(node, found, queries)
  return [...found].filter((key) => catalog.tables.has(key) || catalog.views.has(key) || !queries.has(key))
}

/** The tables among them, with the tables that the views among them read. System catalogs are left out. */
export function tablesRead(node: unknown, catalog: Catalog): readonly TableName[] {
  const tables = relationsNamed(node, catalog).flatMap((key) => below(key, catalog))
  return [...new Set(tables)].filter((key) => catalog.tables.has(key) || !isSystem(key))
}

/** The tables under a view, through the views that it reads; a table is its own. */
function below(key: TableName, catalog: Catalog): readonly TableName[] {
  const view = catalog.views.get(key)
  return view ? view.reads.flatMap((r) => below(r.table, catalog)) : [key]
}

/** True for PostgreSQL's own catalogs. */
export function isSystem(key: TableName): boolean {
  return key.startsWith('"pg_catalog".') || key.startsWith('"information_schema".') || key.startsWith('"public"."pg_')
}

function collect(node: unknown, found: Set<TableName>, queries: Set<TableName>): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, found, queries)
  } else if (typeof node === 'object' && node !== null) {
    const fields = node as PgNode
    // Most fields hold a range without its tag (`relation: { relname }`).
    if (typeof fields.relname === 'string') found.add(rangeKey(fields))
    if (fields.CommonTableExpr) queries.add(rangeKey({ relname: fields.CommonTableExpr.ctename }))
    for (const value of Object.values(fields)) collect(value, found, queries)
  }
}
