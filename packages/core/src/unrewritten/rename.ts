import type { Migration } from '../migration.ts'
import { tableOfIndex } from '../replay/names.ts'
import type { PgNode } from '../sql/parser.ts'
import { displayTable, isNewTable, rangeKey, splitKey, strings, tableKey } from '../sql/relation.ts'
import { quoteName, quoteText } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'
import { splitType, userType } from '../sql/type-name.ts'
import { catalogAt, type Finding, plainly, sqlOf } from './finding.ts'
import { KINDS } from './kinds.ts'

/** Names that code does not use, or that a strategy answers for. */
const SILENT = new Set([
  'OBJECT_INDEX',
  'OBJECT_TABCONSTRAINT',
  'OBJECT_DOMCONSTRAINT',
  'OBJECT_SEQUENCE',
  'OBJECT_TRIGGER',
  'OBJECT_POLICY',
  'OBJECT_RULE',
  'OBJECT_ROLE',
  'OBJECT_STATISTIC_EXT',
])

/** What ALTER … RENAME does to code that still uses the old name. */
export function renamed(s: PgNode, statement: Statement, migration: Migration): Finding[] {
  switch (s.renameType) {
    case 'OBJECT_COLUMN':
      // Of a table a strategy's; of a view nobody's.
      return s.relationType === 'OBJECT_VIEW' || s.relationType === 'OBJECT_MATVIEW' ? ofRelation(s, statement, migration) : []
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return ofRelation(s, statement, migration)
    case 'OBJECT_SCHEMA':
      return isSchemaNew(s.subname, migration) ? [] : [plainly(KINDS.renameTable, s.subname)]
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return ofType(strings(s.object?.List?.items), migration)
    case 'OBJECT_ATTRIBUTE':
      return [plainly(KINDS.enumChange, s.relation?.relname ?? s.subname)]
    default:
      return SILENT.has(s.renameType) ? [] : [plainly(KINDS.notUnderstood, s.subname ?? s.newname)]
  }
}

function ofRelation(s: PgNode, statement: Statement, migration: Migration): Finding[] {
  const key = rangeKey(s.relation)
  const { tables, views, sequences } = catalogAt(statement, migration)
  // ALTER TABLE renames sequences and indexes too, which are found by identity.
  const [schema, name] = splitKey(key)
  if (!tables.has(key) && !views.has(key) && (sequences.has(key) || tableOfIndex(tables, schema, name) !== undefined)) return []
  // A name that the table has only within the migration is known to no code.
  if (tables.has(key) && !migration.before.tables.has(key)) return []
  if (isNewTable(migration, key, statement.index) || keepsName(key, migration) || stands(key, migration)) return []
  const to = tableKey(s.newname, s.relation.schemaname)
  const view = `CREATE VIEW ${sqlOf(key)} AS SELECT * FROM ${sqlOf(to)}`
  const fix = `Keep the name in the database and map it in the ORM (@@map, pgTable); or run ${view} in the same transaction, and drop that view when no code uses the old name.`
  return [{ kind: KINDS.renameTable, on: displayTable(key), fix }]
}

/** The migration brings a table that was there before under the old name again: two tables that change names. One made anew is another thing. */
function keepsName(key: string, migration: Migration): boolean {
  const isMade = migration.script.statements.some((s) => s.node.CreateStmt && rangeKey(s.node.CreateStmt.relation) === key)
  return migration.after.tables.has(key) && !isMade
}

/** A view, or a table under that name, takes the old one's place. */
function stands(key: string, migration: Migration): boolean {
  return migration.after.views.has(key) && !migration.before.views.has(key)
}

/** ALTER … SET SCHEMA. */
export function movedToSchema(s: PgNode, statement: Statement, migration: Migration): Finding[] {
  if (s.objectType === 'OBJECT_TABLE' || s.objectType === 'OBJECT_VIEW' || s.objectType === 'OBJECT_MATVIEW') {
    const key = rangeKey(s.relation)
    if (isNewTable(migration, key, statement.index) || stands(key, migration)) return []
    const view = `CREATE VIEW ${sqlOf(key)} AS SELECT * FROM ${quoteName(s.newschema)}.${quoteName(s.relation.relname)}`
    const fix = `Run ${view} in the same transaction, and drop that view when no code looks in the old schema.`
    return [{ kind: KINDS.renameTable, on: displayTable(key), fix }]
  }
  if (s.objectType === 'OBJECT_TYPE' || s.objectType === 'OBJECT_DOMAIN') return ofType(strings(s.object?.List?.items), migration)
  // Sequences, functions and extensions are looked up by their defaults and triggers by identity.
  return []
}

function ofType(path: readonly string[], migration: Migration): Finding[] {
  const type = userType(path)
  if (migration.intents.some((i) => i.kind === 'unused-type' && i.type === type)) return []
  const { enums, domains, composites } = migration.before
  if (!enums.has(type) && !domains.has(type) && !composites.has(type)) return []
  // A new type under the old name takes its place: what that does to columns is told where they change.
  const { after } = migration
  if (after.enums.has(type) || after.domains.has(type) || after.composites.has(type)) return lostValues(type, migration)
  const name = quoteName(path.at(-1) ?? '')
  const fix = `Keep the name ${name} in the database and map it in the ORM (@@map, pgEnum), or make a second type and move the columns over.`
  return [{ kind: KINDS.enumChange, on: path.at(-1) ?? '', fix }]
}

/** An enum that comes back under its name with fewer values. */
export function lostValues(type: string, { before, after }: Migration): Finding[] {
  const left = after.enums.get(type)
  const lost = left ? (before.enums.get(type) ?? []).filter((label) => !left.includes(label)) : []
  if (lost.length === 0) return []
  const values = lost.map((label) => quoteText(label)).join(', ')
  const name = splitType(type)[1]
  const fix = `Keep ${values} in ${quoteName(name)} until no code writes or reads it and no row holds it; then build the type anew, or refuse the value by a CHECK that is added NOT VALID.`
  return [{ kind: KINDS.enumChange, on: name, fix }]
}

function isSchemaNew(name: string, migration: Migration): boolean {
  return !migration.before.schemas.has(name)
}

/** ALTER TYPE … RENAME VALUE. */
export function renamedValue(s: PgNode, statement: Statement, migration: Migration): Finding[] {
  const type = userType(strings(s.typeName))
  if (migration.intents.some((i) => i.kind === 'unused-type' && i.type === type)) return []
  if (!migration.before.enums.has(type) && catalogAt(statement, migration).enums.has(type)) return []
  const fix = `Add the value '${s.newVal}' beside '${s.oldVal}', let code read both, move the rows in batches, and let '${s.oldVal}' stand unused.`
  return [{ kind: KINDS.enumChange, on: strings(s.typeName).at(-1) ?? '', fix }]
}
