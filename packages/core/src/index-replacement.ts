import type { Migration } from './migration.ts'
import { type PgNode, untag } from './sql/parser.ts'
import { isNewTable, rangeKey, strings } from './sql/relation.ts'
import type { Statement } from './sql/statement.ts'

/** The DROP INDEX that a CREATE INDEX of the same name makes good again later in the migration, on a live table; undefined where there is none. */
export function droppedBefore(create: Statement, migration: Migration): Statement | undefined {
  const [tag, index] = untag(create.node)
  if (tag !== 'IndexStmt' || index.concurrent || !index.idxname || isNewTable(migration, rangeKey(index.relation))) return undefined
  return migration.script.statements.find((s) => s.index < create.index && droppedName(s) === index.idxname)
}

/** True for a DROP INDEX that is the first half of a replacement. */
export function isReplacement(drop: Statement, migration: Migration): boolean {
  return droppedName(drop) !== undefined && migration.script.statements.some((s) => droppedBefore(s, migration) === drop)
}

/** The one index that a DROP INDEX names. */
function droppedName(statement: Statement): string | undefined {
  const [tag, drop] = untag(statement.node)
  if (tag !== 'DropStmt' || drop.removeType !== 'OBJECT_INDEX' || drop.concurrent || drop.objects.length !== 1) return undefined
  return strings((drop.objects[0] as PgNode).List?.items).at(-1)
}
