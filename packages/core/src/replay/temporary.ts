import type { Catalog } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../parser.ts'
import { tableKey } from '../relation.ts'
import type { Statement } from '../statement.ts'
import { without } from './edit.ts'

/** The name of the temporary table that a statement makes, or undefined. */
export function temporaryName(node: PgNode): string | undefined {
  const [tag, fields] = untag(node)
  const range = tag === 'CreateStmt' ? fields.relation : tag === 'CreateTableAsStmt' ? fields.into?.rel : fields.intoClause?.rel
  return range?.relpersistence === 't' ? range.relname : undefined
}

/**
 * Temporary tables end with their session: what was marked for a name that only they had is forgotten again. `before` is the catalog before the
 * statements, `after` behind them.
 */
export function withoutTemporary(before: Catalog, after: Catalog, statements: readonly Statement[]): Catalog {
  if (after.incomplete === before.incomplete) return after
  const names = statements.flatMap((s) => temporaryName(s.node) ?? [])
  const keys = names.map((name) => tableKey(name)).filter((key) => !after.tables.has(key) && !before.incomplete.has(key))
  return keys.length > 0 ? { ...after, incomplete: without(after.incomplete, ...keys) } : after
}
