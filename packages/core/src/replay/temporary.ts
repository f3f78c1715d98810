import type { Catalog } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { removeTable, without } from './edit.ts'
import { temporaryTables } from './names.ts'
import { dropOwnedSequences } from './sequence.ts'

/** The name of the temporary table that a statement makes, or undefined. */
export function temporaryName(node: PgNode): string | undefined {
  const [tag, fields] = untag(node)
  const range = tag === 'CreateStmt' ? fields.relation : tag === 'CreateTableAsStmt' ? fields.into?.rel : fields.intoClause?.rel
  return range?.relpersistence === 't' ? range.relname : undefined
}

/** Temporary tables end with their session: with the script. */
export function withoutTemporary(after: Catalog): Catalog {
  const keys = temporaryTables(after.tables)
  const left = keys.reduce((current, key) => dropOwnedSequences(removeTable(current, key), key), after)
  const doubtful = after.incomplete.size === 0 ? [] : [...after.incomplete.keys()].filter((key) => key.startsWith('"pg_temp".'))
  return keys.length + doubtful.length > 0 ? { ...left, incomplete: without(left.incomplete, ...keys, ...doubtful) } : after
}
