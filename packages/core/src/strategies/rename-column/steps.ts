import { type CantCarry, carryOver } from '../../carry/carry-over.ts'
import type { Column } from '../../catalog/catalog.ts'
import { dependents } from '../../dependents.ts'
import { volatility } from '../../facts/volatility.ts'
import { fallsWithColumn } from '../../falls-with.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep, Expectation, Sync } from '../../plan/plan.ts'
import { parseExpression } from '../../sql/expression.ts'
import { untag } from '../../sql/parser.ts'
import { columnIn, displayTable, rangeKey } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { dualWrite, otherImage } from '../../steps/dual-write.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { backfill, ddl } from '../../steps/steps.ts'
import { typeSql, walkingKey } from '../../target.ts'
import type { Remade } from './remade.ts'
import type { Rename } from './rename.ts'

interface Moved {
  readonly expand: readonly DraftStep[]
  readonly contract: readonly DraftStep[]
  readonly syncs: readonly Sync[]
  readonly expects: readonly Expectation[]
}

/** The copy of a column under its new name, in step with the old one until the contract. */
export function moveColumn(rename: Rename, statement: Statement, migration: Migration): Moved | CantCarry {
  const { target, key, from, to } = rename
  const old = columnIn(migration.before, key, from)
  const next = columnIn(migration.after, key, to)
  if (!old || !next) return { reason: 'the history does not show both columns' }
  const carried = dependentsOf(rename, statement, migration)
  if ('reason' in carried) return carried

  const shared = sharedDefault(old, next, migration)
  const sync = dualWrite({
    target,
    old: from,
    new: to,
    up: same,
    down: same,
    ...(shared !== undefined && { sharedDefault: `CAST(${shared} AS ${typeSql(next.type)})` }),
  })
  const nn = notNull(target, to)
  const alter = `ALTER TABLE ${target.sql}`
  const [a, b] = [quoteName(from), quoteName(to)]
  const collate = old.collation ? ` COLLATE ${old.collation}` : ''
  const add = [
    `${alter} ADD COLUMN ${b} ${typeSql(next.type)}${collate}`,
    // A default set after the column exists applies to new rows only: nothing is rewritten.
    ...(shared !== undefined ? [`${alter} ALTER COLUMN ${b} SET DEFAULT ${shared}`] : []),
    ...sync.create,
    sync.check.add,
    ...(old.notNull ? [nn.add] : []),
  ]
  const lateDefault = shared === undefined && next.default !== undefined ? [`${alter} ALTER COLUMN ${b} SET DEFAULT ${next.default}`] : []
  return {
    expand: [
      ddl({
        name: `add ${to}`,
        title: `Add ${to} and keep it in step with ${from}`,
        why: 'Column, trigger and checks come in one transaction: no write meets the one without the other. Nothing is scanned or rewritten.',
        sql: add,
        undo: [...sync.drop, `${alter} DROP COLUMN ${b}`],
      }),
      backfill({
        name: 'backfill',
        title: `Copy ${from} to ${to} in old rows`,
        table: target.sql,
        key: walkingKey(migration.before.tables.get(key)),
        set: [{ column: to, expression: a }],
        where: otherImage(b, a),
      }),
      validateStep(target, `that ${to} equals ${from} in every row`, [sync.check.validate, ...(old.notNull ? [nn.validate] : [])]),
      ...(old.notNull ? [setNotNullStep(target, to)] : []),
      ...carried.build,
    ],
    contract: [
      ...carried.foreign,
      ddl({
        name: `drop ${from}`,
        title: `Drop ${from}`,
        why: 'No code uses the old name any more. Trigger and column go in one transaction, so no write meets half of it; only the catalog changes.',
        sql: [...sync.drop, sync.check.drop, ...carried.before, `${alter} DROP COLUMN ${a}`, ...lateDefault, ...carried.after],
        undo: { irreversible: `The old column is gone; its data lives on in ${displayTable(key)}.${to}.` },
      }),
    ],
    syncs: [{ table: target.sql, old: from, new: to, up: a, down: b }],
    expects: [{ table: target.sql, column: to, from: a }],
  }
}

const NOTHING: Remade = { claims: [], gone: new Set(), drops: [], foreign: [] }

function same(value: string): string {
  return value
}

/** The default that both columns may carry at once: equal on both sides, and the same value all through one statement. */
function sharedDefault(old: Column, next: Column, migration: Migration): string | undefined {
  if (old.default === undefined || old.default !== next.default) return undefined
  return volatility(parseExpression(old.default), migration.before, migration.postgres) === 'volatile' ? undefined : old.default
}

interface Carried {
  readonly build: readonly DraftStep[]
  readonly foreign: readonly DraftStep[]
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/**
 * RENAME COLUMN takes indexes and constraints along, so copies of them are built. Prisma's DROP + ADD names what it wants on the new column in statements of its own:
 * here only what falls with the old one is to be put in order.
 */
function dependentsOf(rename: Rename, statement: Statement, migration: Migration): Carried | CantCarry {
  const { key, target, from, to } = rename
  if (rename.added) {
    const found = dependents(migration.before, key, from)
    if (found.opaque[0]) return { reason: `${found.opaque[0]} may name the column "${from}"` }
    if (found.inbound[0]) return { reason: `the foreign key "${found.inbound[0].constraint.name}" points at it` }
    if (found.constraints.some((c) => c.kind === 'primary')) return { reason: 'it is part of the primary key' }
    const falls = fallsWithColumn(statement, migration, key, from)
    return { build: [], foreign: falls.foreign.map((sql) => dropForeign(from, [sql])), before: falls.before, after: [] }
  }
  const { gone, drops, foreign, changed } = rename.remade ?? NOTHING
  if (changed !== undefined) return { reason: `"${changed}" becomes another one at the same time` }
  const both = renamedTwice(rename, migration, gone)
  if (both) return { reason: both }
  const [inbound] = dependents(migration.before, key, from).inbound
  if (inbound) return { reason: `the foreign key "${inbound.constraint.name}" of ${displayTable(inbound.table)} points at it` }
  const copies = carryOver(migration.before, key, target, from, to, { keys: true, oneWay: true, without: gone })
  if ('reason' in copies) return copies
  const own = copies.objects.filter((o) => !o.foreign)
  return {
    build: copies.build,
    foreign: [...copies.objects.filter((o) => o.foreign).map((o) => [o.drop, o.take]), ...foreign.map((sql) => [sql])].map((sql) =>
      dropForeign(from, sql),
    ),
    before: drops,
    after: own.map((o) => o.take),
  }
}

/** An index or constraint over two columns that are both renamed would have to be copied for both at once. */
function renamedTwice({ key, from }: Rename, migration: Migration, gone: ReadonlySet<string>): string | undefined {
  const found = dependents(migration.before, key, from)
  const others = migration.script.statements.flatMap((s) => {
    const [tag, r] = untag(s.node)
    return tag === 'RenameStmt' && r.renameType === 'OBJECT_COLUMN' && rangeKey(r.relation) === key && r.subname !== from
      ? [r.subname as string]
      : []
  })
  for (const other of others) {
    const second = dependents(migration.before, key, other)
    const shared = [...found.indexes, ...found.constraints].find((d) =>
      [...second.indexes, ...second.constraints].some((e) => e.name === d.name && !gone.has(e.name)),
    )
    if (shared) return `"${shared.name}" also names "${other}", which is renamed too: rename them in two migrations`
  }
  return undefined
}

function dropForeign(column: string, sql: readonly string[]): DraftStep {
  return ddl({
    name: 'drop foreign key',
    title: `Drop the foreign key of ${column}`,
    why: 'It locks the other table too, for a moment: in a transaction of its own.',
    sql,
    undo: { irreversible: `The column ${column} is about to go; the other column has the same key.` },
  })
}
