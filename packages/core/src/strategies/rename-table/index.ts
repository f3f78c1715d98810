import { column, type Table } from '../../catalog/catalog.ts'
import { dependents } from '../../dependents.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { type RecreatedTable, recreatedTable } from '../../recreated-table.ts'
import { scan, untag } from '../../sql/parser.ts'
import { displayTable, isNewTable, rangeKey } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { ddl } from '../../steps/steps.ts'
import type { Outcome, Rewrite, Strategy } from '../../strategy.ts'
import { renamedWith, type TableRename, tableRename } from '../../table-renames.ts'
import { actionsOn, targetOfKey } from '../../target.ts'
import { findingsIn } from '../../unrewritten/find.ts'
import { catalogAt } from '../../unrewritten/finding.ts'
import { KINDS } from '../../unrewritten/kinds.ts'
import { becoming } from './recreated.ts'

const BREAKS: HazardKind = {
  code: 'rename-table-breaks-old-code',
  harm: 'compatibility',
  lock: 'ACCESS EXCLUSIVE',
  why: 'code that is still running uses the old name: each of its queries fails (42P01).',
  instead:
    'A view under the old name takes its place in the same transaction: reads and writes through it reach the table, until the contract drops it.',
}

const LOSES: HazardKind = {
  code: 'rename-table-as-drop-loses-data',
  harm: 'data',
  why: 'the rename was written as DROP and CREATE: every row of the table is lost.',
  instead: 'The table is renamed, with its keys, indexes and sequences, and keeps its rows.',
}

/** RENAME TABLE and SET SCHEMA, or DROP + CREATE that a person calls a rename: an updatable view under the old name, with the old names of its columns, until no code uses it. */
export const strategy: Strategy = {
  id: 'rename-table',
  summary: 'Renames a table, with its columns, or moves it to another schema, while old and new code both run.',
  hazards: [BREAKS, LOSES],
  recreates: true,
  rewrite(statement, migration) {
    const recreated = recreatedTable(statement, migration)
    if (recreated) return renameInstead(recreated, migration)
    const renamed = tableRename(statement, migration)
    const table = renamed && catalogAt(statement, migration).tables.get(renamed.key)
    if (!renamed || !table || isNewTable(migration, renamed.key)) return undefined
    if (!findingsIn(statement, migration).some((f) => f.kind === KINDS.renameTable)) return undefined
    const { key, old, next, back, columns } = renamed
    const on = displayTable(key)
    const shared = { claims: [statement.index, ...columns.map((c) => c.statement.index)], hazards: [hazard(BREAKS, on, statement)] }
    const blocked = obstacle(table, renamed, migration)
    if (blocked) return { ...shared, line: statement.line, reason: `${on} can't keep its old name as a view: ${blocked}.`, fix: FIX }
    const view = viewSql(table, renamed)
    const [early, late] = [
      columns.filter((c) => c.statement.index < statement.index),
      columns.filter((c) => c.statement.index > statement.index),
    ]
    const undo = [`DROP VIEW ${old}`, ...late.map((c) => backSql(next, c)).reverse(), back, ...early.map((c) => backSql(old, c)).reverse()]
    return {
      ...shared,
      ...renameSteps(on, [...early.map((c) => c.statement.sql), statement.sql, ...late.map((c) => c.statement.sql), view], undo),
    }
  },
}

function renameInstead(table: RecreatedTable, migration: Migration): Outcome {
  const [on, old] = [displayTable(table.from), targetOfKey(table.from).sql]
  const hazards = [hazard(BREAKS, on, table.drop), hazard(LOSES, on, table.drop)]
  const become = becoming(table, migration)
  if (typeof become === 'string') {
    return {
      claims: [table.drop.index],
      hazards,
      line: table.drop.line,
      reason: `${on} can't become ${displayTable(table.to)} by a rename: ${become}.`,
      fix: 'Rename the table in a migration of its own, and change the rest in one before or behind it.',
    }
  }
  const view = `CREATE VIEW ${old} AS SELECT * FROM ${targetOfKey(table.to).sql}`
  return {
    claims: become.claims,
    hazards,
    after: Math.max(table.drop.index, table.create.index),
    ...renameSteps(on, [...become.sql, view], [`DROP VIEW ${old}`, ...become.back]),
  }
}

/** The rename and the view under the old name, which the contract drops: it is made last and dropped first. */
function renameSteps(on: string, sql: readonly string[], undo: readonly string[]): Pick<Rewrite, 'expand' | 'contract'> {
  return {
    expand: [
      ddl({
        name: `rename ${on.split('.').at(-1)}`,
        title: `Rename ${on} and leave a view under the old name`,
        why: 'All in one transaction: no query finds neither. Only the catalog changes. Code that copies into the old name (COPY) must use the new one, and a role that was given rights on the table by hand needs them on the view (GRANT).',
        sql,
        undo,
        invalidatesPlans: true,
      }),
    ],
    contract: [
      ddl({
        name: 'drop old name',
        title: `Drop the view ${on}`,
        why: 'No code uses the old name any more.',
        sql: undo.slice(0, 1),
        undo: sql.slice(-1),
      }),
    ],
  }
}

/** True for RENAME COLUMN on a table that is renamed too: the view under the table's old name, ours or the migration's, has the column under its old one. */
export function goesWithTable(statement: Statement, migration: Migration): boolean {
  return renamedWith(statement, migration).some((renamed) => {
    const view = migration.after.views.get(renamed.key)
    const column = renamed.columns.find((c) => c.statement.index === statement.index)
    if (view) return view.columns?.includes(column?.from ?? '') ?? false
    return strategy.rewrite(renamed.statement, migration) !== undefined
  })
}

const FIX = `Keep the table's name in the database and map it in the ORM (@@map in schema.prisma, pgTable('old_name', …)).`

function backSql(table: string, { from, to }: TableRename['columns'][number]): string {
  return `ALTER TABLE ${table} RENAME COLUMN ${quoteName(to)} TO ${quoteName(from)}`
}

/** The names that a column had before the migration and has after it. `name` is what the table calls it when it is renamed itself. */
function namesOf(name: string, { statement, columns }: TableRename): { before: string; after: string } {
  const before = columns.find((c) => c.statement.index < statement.index && c.to === name)?.from ?? name
  const after = columns.find((c) => c.statement.index > statement.index && c.from === name)?.to ?? name
  return { before, after }
}

function viewSql(table: Table, renamed: TableRename): string {
  const guard = table.policies.length > 0 ? ' WITH (security_invoker = true)' : ''
  const columns = table.columns.map(({ name }) => {
    const { before, after } = namesOf(name, renamed)
    return before === after ? quoteName(name) : `${quoteName(after)} AS ${quoteName(before)}`
  })
  return `CREATE VIEW ${renamed.old}${guard} AS SELECT ${renamed.columns.length > 0 ? columns.join(', ') : '*'} FROM ${renamed.next}`
}

function obstacle(table: Table, renamed: TableRename, migration: Migration): string | undefined {
  const { key, to } = renamed
  if (table.policies.length > 0 && migration.postgres < 15) return 'it has row security, which a view keeps only from PostgreSQL 15 on'
  const taken = [...migration.after.tables.keys(), ...migration.after.views.keys()].includes(key)
  if (taken) return 'something else takes the old name in the same migration'
  const after = migration.after.tables.get(to)
  if (!after) return 'the table is renamed or dropped again'
  for (const old of table.columns) {
    const next = column(after, namesOf(old.name, renamed).after)
    if (!next && !goesLast(old.name, table, renamed, migration)) return `its column "${old.name}" goes in the same migration`
    if (next && next.type !== old.type) return `its column "${old.name}" changes its type in the same migration`
  }
  return usedBetween(renamed, migration)
}

/** The contract drops the column, behind the view: until then new code may leave it out, and nothing else hangs on it. */
function goesLast(name: string, table: Table, { key, to, statement }: TableRename, migration: Migration): boolean {
  const old = column(table, name)
  const drop = actionsOn(migration, 'AT_DropColumn', to).find((d) => d.action.name === name && d.statement.index > statement.index)
  const { opaque, inbound } = dependents(catalogAt(statement, migration), key, name)
  return (
    drop !== undefined && old !== undefined && (!old.notNull || old.default !== undefined) && opaque.length === 0 && inbound.length === 0
  )
}

/** The columns get their new names with the table, earlier than they are written: what stands between and uses an old one would fail. */
function usedBetween({ statement, to, columns }: TableRename, migration: Migration): string | undefined {
  for (const renamed of columns) {
    const between = migration.script.statements.slice(statement.index + 1, Math.max(statement.index + 1, renamed.statement.index))
    const user = between.find((s) => {
      const [tag, fields] = untag(s.node)
      const isOther = fields.relation?.relname !== undefined && rangeKey(fields.relation) !== to
      return tag !== 'RenameStmt' && !isOther && scan(s.sql).some((t) => t.text === renamed.from || t.text === quoteName(renamed.from))
    })
    if (user) return `line ${user.line} uses its column "${renamed.from}" before that is renamed: rename it right behind the table`
  }
  return undefined
}
