import type { Column, Table, TableName } from '../../catalog/catalog.ts'
import { dependents } from '../../dependents.ts'
import { volatility } from '../../facts/volatility.ts'
import { suggestFill, suggestUniqueFill } from '../../fill-suggestion.ts'
import { makesOnlyNew } from '../../fresh.ts'
import type { Question } from '../../intent.ts'
import type { Migration } from '../../migration.ts'
import { isUniqueIn, type Move, needsValue, pairOf } from '../../moves.ts'
import { parseExpression } from '../../sql/expression.ts'
import { columnIn, displayColumn, displayTable, isNewTable, rangeKey } from '../../sql/relation.ts'
import { intentFor } from '../../target.ts'
import { isSameForAll } from '../../unique-fill.ts'

/** Why columns can't move while both codes run, and what to do; or what a person must say first. */
export type Obstacle =
  | { readonly why: string; readonly fix: string }
  | { readonly reason: string; readonly fix: string; readonly question: Question }

const BY_HAND =
  'Make it several migrations: add the new column, let the code write both, copy the rows, let it read the new one, and drop the old one last.'

/** What stands in the way of moving columns of `from` to `into`; undefined where nothing does. */
export function obstacle(moves: readonly Move[], from: TableName, into: TableName, migration: Migration): Obstacle | undefined {
  const [parent, child] = [displayTable(from), displayTable(into)]
  if (!isNewTable(migration, into)) return { why: `${child} is there already, and its rows may be written by old code too`, fix: BY_HAND }
  const pair = pairOf(migration.after, from, into)
  if (!pair) {
    const isTurned = pairOf(migration.after, into, from) !== undefined
    const why = isTurned
      ? `the foreign key is on ${parent}, so a row of ${child} would have to be there before the row of ${parent} that old code writes`
      : `no unique foreign key of ${child} points at ${parent}: which of its rows gets the value is not known`
    return { why, fix: isTurned ? `Put the foreign key on ${child}: a unique column that points at ${parent}. Or: ${BY_HAND}` : BY_HAND }
  }
  if (pair.key.some((name) => !columnIn(migration.after, from, name)?.notNull))
    return { why: `the key of ${parent} that "${pair.constraint.name}" points at may be NULL`, fix: BY_HAND }
  const late = migration.script.statements.find(
    (s) => s.node.CreateStmt && rangeKey(s.node.CreateStmt.relation) === into && !makesOnlyNew(s, migration),
  )
  if (late) return { why: `${child} needs something that the migration changes`, fix: `Create ${child} in a migration before this one.` }
  const writes = migration.script.statements.find(({ node }) => node.InsertStmt && rangeKey(node.InsertStmt.relation) === into)
  if (writes)
    return {
      why: `line ${writes.line} fills ${child} too`,
      fix: `Take line ${writes.line} out: the rows of ${child} are made by the move.`,
    }
  for (const move of moves) {
    const found = ofColumn(move, migration)
    if (found) return found
  }
  return ofTheRest(moves, pair.foreign, into, migration)
}

function ofColumn({ from, column: name, into, to }: Move, migration: Migration): Obstacle | undefined {
  const [old, next] = [columnIn(migration.before, from, name), columnIn(migration.after, into, to)]
  const [a, b] = [displayColumn(from, name), displayColumn(into, to)]
  const two = `Make two migrations of it: first the move alone, then the other change.`
  if (!old || !next) return { why: `the history does not show ${old ? b : a}`, fix: `Name both columns: --move "${a}=${b}".` }
  if (old.type !== next.type) return { why: `${a} is ${old.type} and ${b} ${next.type}`, fix: two }
  if (old.notNull !== next.notNull) return { why: `only one of ${a} and ${b} may be NULL`, fix: two }
  if ([old, next].some((c) => c.identity || c.generated || isVolatile(c, migration)))
    return { why: `PostgreSQL itself fills ${isVolatile(next, migration) ? b : a} with a value of its own in each row`, fix: BY_HAND }
  const hangs = dependents(migration.before, from, name)
  if (hangs.opaque[0])
    return {
      why: `${hangs.opaque[0]} may use ${a}`,
      fix: `Change or drop ${hangs.opaque[0]} in a migration before this one, then plan again.`,
    }
  const [inbound] = hangs.inbound
  if (inbound)
    return {
      why: `the foreign key "${inbound.constraint.name}" points at ${a}`,
      fix: `Drop "${inbound.constraint.name}" in a migration before this one.`,
    }
  const [had, has] = [rulesOf(migration.before.tables.get(from), name), rulesOf(migration.after.tables.get(into), to)]
  if (had.join() !== has.join()) {
    const which = had.length > 0 ? had.join(', ') : has.join(', ')
    return {
      why: `the values of ${a} and ${b} must meet different rules (${which}), and what one table takes the other would refuse`,
      fix: 'Give both columns the same rules, in a migration before this one or behind it.',
    }
  }
  return undefined
}

/** The other columns of the new table: what a row needs that old code knows nothing of. */
function ofTheRest(moves: readonly Move[], foreign: readonly string[], into: TableName, migration: Migration): Obstacle | undefined {
  const table = migration.after.tables.get(into)
  for (const column of table?.columns ?? []) {
    if (foreign.includes(column.name) || moves.some((m) => m.to === column.name) || !needsValue(column)) continue
    const fill = intentFor(migration, 'fill', into, column.name)?.with
    const isUnique = isUniqueIn(table, [column.name])
    const suggestion = isUnique ? suggestUniqueFill(column.type) : suggestFill(column.type)
    if (fill === undefined)
      return asked(into, column.name, column, 'rows that are made for old rows, and for old code, need a value', suggestion)
    if (isUnique && isSameForAll(fill, migration)) {
      const on = displayColumn(into, column.name)
      return {
        why: `${on} is unique, and "${fill}" is the same in every row`,
        fix: `Give each row a value of its own: --fill "${on}=${suggestion ?? '<expression>'}".`,
      }
    }
  }
  const check = table?.constraints.find((c) => c.kind === 'check' || c.kind === 'exclude')
  return (
    check && {
      why: `"${check.name}" of ${displayTable(into)} may refuse a row that is made for old code`,
      fix: `Add "${check.name}" in a migration behind this one.`,
    }
  )
}

function asked(table: TableName, name: string, column: Column, why: string, suggestion: string | undefined): Obstacle {
  const on = displayColumn(table, name)
  return {
    reason: `${on} is required and has no default: ${why}.`,
    fix: `Say what fills it: --fill "${on}=${suggestion ?? '<expression>'}", or make it optional in the schema.`,
    question: {
      kind: 'fill',
      table: displayTable(table),
      column: name,
      type: column.type,
      why,
      ...(suggestion !== undefined && { suggestion }),
    },
  }
}

function isVolatile(column: Column, migration: Migration): boolean {
  return column.default !== undefined && volatility(parseExpression(column.default), migration.after, migration.postgres) === 'volatile'
}

/** What a table demands of the values of a column, without names. */
function rulesOf(table: Table | undefined, column: string): string[] {
  const constraints = (table?.constraints ?? []).filter((c) => c.columns.includes(column) && c.kind !== 'unique' && c.kind !== 'primary')
  const unique = (table?.indexes ?? []).filter((i) => i.unique && i.keys.some((k) => k.column === column))
  return [
    ...constraints.map((c) =>
      c.kind === 'foreign' && c.columns.length === 1 ? `foreign key to ${c.references?.table}` : `${c.kind} "${c.name}"`,
    ),
    ...unique.map((i) => (isUniqueIn(table, [column]) ? 'unique' : `unique "${i.name}"`)),
  ].sort()
}
