import type { Catalog } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import { passOf } from '../replay/alter-pass.ts'
import { applyStatement } from '../replay/replay.ts'
import { tableAction } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'

/**
 * The schema that an action of ALTER TABLE finds: PostgreSQL does what the command drops first and the constraints that it adds last, wherever they stand in the
 * command. So `SET NOT NULL, DROP CONSTRAINT` finds the constraint gone, and `ADD CONSTRAINT, SET NOT NULL` finds none.
 */
export function catalogInCommand(statement: Statement, migration: Migration): Catalog {
  const { of, part } = statement.split
  // What stands in a DO block has the block's place: its neighbours are not the migration's.
  const isAlone = of === 1 || migration.script.statements[statement.index] !== statement
  if (isAlone) return migration.at[statement.index] ?? migration.before
  const first = statement.index - part
  const before = migration.at[first] ?? migration.before
  const own = pass(statement)
  return migration.script.statements
    .slice(first, first + of)
    .filter((s) => pass(s) < own || (pass(s) === own && s.index < statement.index))
    .sort((a, b) => pass(a) - pass(b))
    .reduce((catalog, earlier) => applyStatement(catalog, earlier, migration.id), before)
}

function pass(statement: Statement): number {
  return passOf(tableAction(statement)?.cmd ?? {})
}
