import type { Catalog, TableName, View } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import type { PgNode } from '../sql/parser.ts'
import { displayTable, isNewTable, splitKey, strings, tableKey } from '../sql/relation.ts'
import { quoteName } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'
import { bareType, userType } from '../sql/type-name.ts'
import { intentFor, isUnusedTable } from '../target.ts'
import { catalogAt, type Finding, sqlOf } from './finding.ts'
import { KINDS } from './kinds.ts'
import { lostValues } from './rename.ts'

/** What DROP does to code that still runs. Indexes and columns are strategies'; functions, triggers and policies are no table. */
export function dropped(s: PgNode, statement: Statement, migration: Migration): Finding[] {
  const paths = (s.objects as PgNode[]).map((o) => strings(o.List?.items ?? o.TypeName?.names ?? [o]))
  const keys = paths.map((path) => tableKey(path.at(-1) ?? '', path.at(-2)))
  const catalog = catalogAt(statement, migration)
  switch (s.removeType) {
    case 'OBJECT_TABLE':
    case 'OBJECT_FOREIGN_TABLE':
      return keys.filter((key) => isInUse(key, s, statement, migration)).map((key) => ofTable(key, catalog))
    case 'OBJECT_SCHEMA':
      return paths.flatMap(([name = '']) => ofSchema(name, statement, migration))
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return keys.filter((key) => !comesBack(key, catalog, statement, migration)).map((key) => ofView(key))
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return paths.flatMap((path) => {
        const type = userType(path)
        const { enums, domains, composites } = migration.after
        // A type that is made again under its name serves code as before, but for the values that it lacks.
        if (enums.has(type) || domains.has(type) || composites.has(type)) return lostValues(type, migration)
        return isColumnType(type, migration) ? [ofType(path.at(-1) ?? '')] : []
      })
    default:
      return []
  }
}

/** Not where this migration made the table, and not where the whole history never did and IF EXISTS shrugs. */
function isInUse(key: TableName, s: PgNode, statement: Statement, migration: Migration): boolean {
  if (isNewTable(migration, key, statement.index) || isUnusedTable(migration, key)) return false
  const catalog = catalogAt(statement, migration)
  return catalog.tables.has(key) || !s.missing_ok || catalog.incomplete.size > 0
}

function ofTable(key: TableName, catalog: Catalog): Finding {
  const table = catalog.tables.get(key)
  const away = (table?.constraints ?? []).filter((c) => c.references && c.references.table !== key)
  const own = away.map(
    (c) => `ALTER TABLE ${sqlOf(key)} DROP CONSTRAINT ${quoteName(c.name)} (it locks ${displayTable(c.references?.table ?? '')} too)`,
  )
  const first = own.length > 0 ? `first ${own.join(', then ')}, each in a transaction of its own; ` : ''
  const fix = `Wait until no code uses ${displayTable(key)} and take a backup; ${first}then drop it in a migration of its own.`
  return { kind: KINDS.dropTable, on: displayTable(key), fix }
}

function ofSchema(name: string, statement: Statement, migration: Migration): Finding[] {
  const { tables, views } = catalogAt(statement, migration)
  const inside = [...tables.keys(), ...views.keys()].filter(
    (key) => splitKey(key)[0] === name && !isNewTable(migration, key, statement.index),
  )
  if (inside.length === 0) return []
  const fix = `Wait until no code uses ${inside.map(displayTable).join(', ')} and take a backup; drop them one by one, then the schema.`
  return [{ kind: KINDS.dropTable, on: name, fix }]
}

/** Views that are made again with at least the same columns lose nobody; one that the history never made is not missed either. */
function comesBack(key: TableName, catalog: Catalog, statement: Statement, migration: Migration): boolean {
  if (isUnusedTable(migration, key)) return true
  const old = catalog.views.get(key)
  if (!old) return catalog.incomplete.size === 0 || isNewTable(migration, key, statement.index)
  if (!migration.before.views.has(key)) return true
  const next = migration.after.views.get(key)
  return next !== undefined && keepsColumns(old, next)
}

function keepsColumns(old: View, next: View): boolean {
  if (!old.columns || !next.columns) return true
  return old.columns.every((name) => next.columns?.includes(name))
}

function ofView(key: TableName): Finding {
  const fix = `Wait until no code reads ${displayTable(key)}, then drop it in a migration of its own; or create it again with the same columns in this one.`
  return { kind: KINDS.dropView, on: displayTable(key), fix }
}

/** A type that no column has breaks no table; code names it only for columns of it. */
function isColumnType(type: string, migration: Migration): boolean {
  if (migration.intents.some((i) => i.kind === 'unused-type' && i.type === type)) return false
  for (const [key, table] of migration.before.tables) {
    if (isUnusedTable(migration, key)) continue
    for (const column of table.columns) {
      if (column.type.includes('.') && bareType(column.type) === type && !intentFor(migration, 'unused', key, column.name)) return true
    }
  }
  return false
}

function ofType(name: string): Finding {
  const fix = `Move the columns of type ${quoteName(name)} to another type first; drop the type in a migration of its own when no code names it.`
  return { kind: KINDS.dropType, on: name, fix }
}
