import { fallsWithColumn } from '../../falls-with.ts'
import type { Migration } from '../../migration.ts'
import { filledColumns, type Move, pairOf } from '../../moves.ts'
import type { DraftStep, Expectation, Sync } from '../../plan/plan.ts'
import { actionOf, displayTable } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { writeAcross } from '../../steps/across.ts'
import { backfill, ddl } from '../../steps/steps.ts'
import { targetOf, targetOfKey, walkingKey } from '../../target.ts'

interface Split {
  readonly claims: readonly number[]
  readonly expand: readonly DraftStep[]
  readonly contract: readonly DraftStep[]
  readonly syncs: readonly Sync[]
  readonly expects: readonly Expectation[]
  readonly newCodeWaits: readonly string[]
}

/** Columns move to a new table: its rows are made and follow those of the old one until the contract. */
export function splitSteps(moves: readonly Move[], drops: readonly Statement[], migration: Migration): Split {
  const [{ from, into }] = moves as [Move]
  const [first] = drops as [Statement]
  const old = targetOf(first.node.AlterTableStmt.relation, actionOf(first, 'AT_DropColumn')?.sql ?? '')
  const next = targetOfKey(into)
  const pair = pairOf(migration.after, from, into)
  if (!pair) throw new Error(`nothing joins ${from} and ${into}`)
  const also = filledColumns(moves, migration)
  const { create, drop } = writeAcross({
    old,
    next,
    key: pair.key,
    foreign: pair.foreign,
    columns: moves.map((m) => ({ old: m.column, next: m.to })),
    also,
    restricts: ['no action', 'restrict'].includes(pair.constraint.references?.onDelete ?? ''),
  })
  const falls = drops.map((s) => fallsWithColumn(s, migration, from, actionOf(s, 'AT_DropColumn')?.name ?? ''))
  const names = moves.map((m) => m.column).join(', ')
  const [one, other] = [displayTable(from), displayTable(into)]
  const joined = (row: string, partner: string): string =>
    pair.key.map((k, i) => `${partner}.${quoteName(k)} = ${row}.${quoteName(pair.foreign[i] ?? '')}`).join(' AND ')
  return {
    claims: falls.flatMap((f) => f.claims),
    expand: [
      ddl({
        name: `follow ${next.name}`,
        title: `Let ${other} follow ${names} of ${one}`,
        why: `The triggers come in one transaction: from then on what code writes to ${one} reaches ${other} too, in the same transaction. Nothing is scanned or rewritten.`,
        sql: create,
        undo: drop,
      }),
      backfill({
        name: 'backfill',
        title: `Make the rows of ${other} from those of ${one}`,
        table: old.sql,
        into: { table: next.sql, unless: pair.foreign },
        key: walkingKey(migration.before.tables.get(from)),
        set: [
          ...pair.foreign.map((column, i) => ({ column, expression: quoteName(pair.key[i] ?? '') })),
          ...moves.map((m) => ({ column: m.to, expression: quoteName(m.column) })),
          ...also.map(({ column, fill }) => ({ column, expression: fill })),
        ],
        where: `(${moves.map((m) => `${quoteName(m.column)} IS NOT NULL`).join(' OR ')}) AND NOT EXISTS (SELECT FROM ${next.sql} AS ec_next WHERE ${joined('ec_next', old.sql)})`,
        undo: { none: `${other} is removed by undoing the step that made it.` },
      }),
    ],
    contract: [
      ...falls
        .flatMap((f) => f.foreign)
        .map((sql) =>
          ddl({
            name: 'drop foreign key',
            title: `Drop a foreign key of ${one}`,
            why: 'It locks the other table too, for a moment: in a transaction of its own.',
            sql: [sql],
            undo: { irreversible: `The column is about to go; ${other} has the same key.` },
          }),
        ),
      ddl({
        name: `drop ${names}`,
        title: `Drop ${names} of ${one}`,
        why: 'No code uses the old columns any more. Triggers and columns go in one transaction, so no write meets half of it; only the catalog changes.',
        sql: [...drop, ...falls.flatMap((f) => f.before), ...drops.map((s) => s.sql)],
        undo: { irreversible: `The old columns are gone; their data lives on in ${other}.` },
      }),
    ],
    newCodeWaits: [
      `${other} follows ${one}, not the other way round: a trigger back would lock their rows in the other order, and code that writes both at once would end in deadlocks. Code that writes ${other} goes out with the contract.`,
    ],
    syncs: moves.map((m) => ({
      table: next.sql,
      oldTable: old.sql,
      old: m.column,
      new: m.to,
      up: `CASE WHEN ${pair.foreign.map((f) => `${quoteName(next.name)}.${quoteName(f)}`).join(' IS NULL OR ')} IS NULL THEN ${quoteName(next.name)}.${quoteName(m.to)} ELSE (SELECT ec_old.${quoteName(m.column)} FROM ${old.sql} AS ec_old WHERE ${joined(quoteName(next.name), 'ec_old')}) END`,
      down: `(SELECT ec_next.${quoteName(m.to)} FROM ${next.sql} AS ec_next WHERE ${joined('ec_next', quoteName(old.name))})`,
    })),
    expects: (migration.after.tables.get(into)?.columns ?? [])
      .filter((c) => c.identity !== undefined || c.default?.toLowerCase().startsWith('nextval'))
      .map((c) => ({ table: next.sql, column: c.name })),
  }
}
