import { column, type Table, type TableName } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { untag } from '../../parser.ts'
import { displayTable, isNewTable, rangeKey, rangeSql, splitKey, tableKey } from '../../relation.ts'
import { quoteName } from '../../sql.ts'
import type { Statement } from '../../statement.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { findingsIn } from '../../unrewritten/find.ts'
import { KINDS } from '../../unrewritten/kinds.ts'

const BREAKS: HazardKind = {
  code: 'rename-table-breaks-old-code',
  harm: 'compatibility',
  lock: 'ACCESS EXCLUSIVE',
  why: 'code that is still running uses the old name: each of its queries fails (42P01).',
  instead:
    'A view under the old name takes its place in the same transaction: reads and writes through it reach the table, until the contract drops it.',
}

/** RENAME TABLE and SET SCHEMA: an updatable view under the old name until no code uses it. */
export const strategy: Strategy = {
  id: 'rename-table',
  summary: 'Renames a table, or moves it to another schema, while old and new code both run.',
  hazards: [BREAKS],
  rewrite(statement, migration) {
    const renamed = renamedTable(statement)
    if (!renamed || isNewTable(migration, renamed.key) || !(migration.at[statement.index] ?? migration.before).tables.has(renamed.key))
      return undefined
    if (!findingsIn(statement, migration).some((f) => f.kind === KINDS.renameTable)) return undefined
    const { key, old, next, back } = renamed
    const table = (migration.at[statement.index] ?? migration.before).tables.get(key)
    const on = displayTable(key)
    const shared = { claims: [statement.index], hazards: [hazard(BREAKS, on, statement)] }
    const blocked = table && obstacle(table, renamed, migration)
    if (blocked) return { ...shared, line: statement.line, reason: `${on} can't keep its old name as a view: ${blocked}.`, fix: FIX }
    const guard = table && table.policies.length > 0 ? ' WITH (security_invoker = true)' : ''
    return {
      ...shared,
      expand: [
        ddl({
          name: `rename ${splitKey(key)[1]}`,
          title: `Rename ${on} and leave a view under the old name`,
          why: 'Both in one transaction: no query finds neither. Only the catalog changes. Code that copies into the old name (COPY) must use the new one.',
          sql: [statement.sql, `CREATE VIEW ${old}${guard} AS SELECT * FROM ${next}`],
          undo: [`DROP VIEW ${old}`, back],
          invalidatesPlans: true,
        }),
      ],
      contract: [
        ddl({
          name: 'drop old name',
          title: `Drop the view ${on}`,
          why: 'No code uses the old name any more.',
          sql: [`DROP VIEW ${old}`],
          undo: [`CREATE VIEW ${old}${guard} AS SELECT * FROM ${next}`],
        }),
      ],
    }
  },
}

const FIX = `Keep the table's name in the database and map it in the ORM (@@map in schema.prisma, pgTable('old_name', …)).`

interface Renamed {
  readonly key: TableName
  readonly to: TableName
  /** Old and new name as SQL, and the statement that goes back. */
  readonly old: string
  readonly next: string
  readonly back: string
}

function renamedTable(statement: Statement): Renamed | undefined {
  const [tag, s] = untag(statement.node)
  if (tag === 'RenameStmt' && s.renameType === 'OBJECT_TABLE') {
    const key = rangeKey(s.relation)
    const schema = s.relation.schemaname as string | undefined
    const next = `${schema === undefined ? '' : `${quoteName(schema)}.`}${quoteName(s.newname)}`
    const back = `ALTER TABLE ${next} RENAME TO ${quoteName(s.relation.relname)}`
    return { key, to: tableKey(s.newname, schema), old: rangeSql(s.relation), next, back }
  }
  if (tag === 'AlterObjectSchemaStmt' && s.objectType === 'OBJECT_TABLE') {
    const key = rangeKey(s.relation)
    const [schema, name] = splitKey(key)
    const next = `${quoteName(s.newschema)}.${quoteName(name)}`
    return {
      key,
      to: tableKey(name, s.newschema),
      old: rangeSql(s.relation),
      next,
      back: `ALTER TABLE ${next} SET SCHEMA ${quoteName(schema)}`,
    }
  }
  return undefined
}

function obstacle(table: Table, { key, to }: Renamed, migration: Migration): string | undefined {
  if (table.policies.length > 0 && migration.postgres < 15) return 'it has row security, which a view keeps only from PostgreSQL 15 on'
  const taken = [...migration.after.tables.keys(), ...migration.after.views.keys()].includes(key)
  if (taken) return 'something else takes the old name in the same migration'
  const after = migration.after.tables.get(to)
  if (!after) return 'the table is renamed or dropped again'
  const gone = table.columns.find((c) => !column(after, c.name))
  if (gone) return `its column "${gone.name}" goes in the same migration`
  const retyped = table.columns.find((c) => column(after, c.name)?.type !== c.type)
  return retyped && `its column "${retyped.name}" changes its type in the same migration`
}
