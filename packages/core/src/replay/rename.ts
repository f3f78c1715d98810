import { type Catalog, column, type Table, type TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { DEFAULT_SCHEMA, displayTable, rangeKey, splitKey, strings, tableKey } from '../sql/relation.ts'
import { userType } from '../sql/type-name.ts'
import type { Change, Handler } from './change.ts'
import { renameDomainConstraint } from './domain.ts'
import { mark, markEverything, markUnknown, putTable, withEntry } from './edit.ts'
import { findIndex } from './find-index.ts'
import { moveRoutine } from './move-routine.ts'
import { childrenOf } from './names.ts'
import { amendNotNull, columnOfNotNull } from './not-null.ts'
import { viewWithIndex } from './object-name.ts'
import { triggersOfPartitions } from './partition.ts'
import { followIndexName } from './partition-index.ts'
import { rekeyRelation } from './rekey.ts'
import { columnFollowed, renameViewColumn } from './rename-column.ts'
import { renameSchema } from './rename-schema.ts'
import { renameType } from './rename-type.ts'
import { hasType, renameAttribute } from './types.ts'

/** ALTER … RENAME. */
export const rename: Handler = (catalog, fields, change) => {
  switch (fields.renameType) {
    case 'OBJECT_COLUMN':
      return renameColumn(catalog, fields, change)
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return renameRelation(catalog, fields, change)
    case 'OBJECT_INDEX':
      return renameIndex(catalog, fields, change)
    case 'OBJECT_TABCONSTRAINT':
      return renameConstraint(catalog, fields, change)
    case 'OBJECT_ATTRIBUTE':
      return renameAttribute(catalog, fields, change)
    case 'OBJECT_DOMCONSTRAINT':
      return renameDomainConstraint(catalog, fields)
    case 'OBJECT_DOMAIN':
    case 'OBJECT_TYPE':
      return renameType(catalog, strings(fields.object?.List?.items), fields.newname, change)
    case 'OBJECT_SEQUENCE':
      return renameSequence(catalog, rangeKey(fields.relation), fields.newname, fields.missing_ok === true, change)
    case 'OBJECT_TRIGGER':
      return renameIn(catalog, rangeKey(fields.relation), 'triggers', fields.subname, fields.newname, change)
    case 'OBJECT_POLICY':
      return renameIn(catalog, rangeKey(fields.relation), 'policies', fields.subname, fields.newname, change)
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      return moveRoutine(catalog, fields.object?.ObjectWithArgs, { name: fields.newname }, change)
    case 'OBJECT_SCHEMA':
      return renameSchema(catalog, fields.subname, fields.newname, change)
    default:
      return catalog
  }
}

function renameColumn(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const key = rangeKey(fields.relation)
  const [from, to] = [fields.subname as string, fields.newname as string]
  const table = catalog.tables.get(key)
  if (catalog.views.has(key)) return renameViewColumn(catalog, key, from, to)
  if (!table && hasType(catalog, userType(splitKey(key)))) return renameAttribute(catalog, fields, change)
  if (!table) return fields.missing_ok ? catalog : markUnknown(catalog, key, change)
  if (!column(table, from)) return mark(catalog, key, change, `the column "${from}" is not known`)
  const renamed = columnFollowed(catalog, { table: key, name: from }, to, change)
  const below = fields.relation.inh === false ? [] : childrenOf(catalog.tables, key)
  return below.reduce((current, child) => {
    const [schemaname, relname] = splitKey(child)
    return column(current.tables.get(child), from)
      ? renameColumn(current, { ...fields, relation: { schemaname, relname } }, change)
      : current
  }, renamed)
}

function renameRelation(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const key = rangeKey(fields.relation)
  const [schema] = splitKey(key)
  const to = tableKey(fields.newname, schema)
  if (catalog.views.has(key) || catalog.tables.has(key) || catalog.sequences.has(key))
    return rekeyRelation(catalog, key, schema, fields.newname, change)
  // ALTER TABLE … RENAME also takes the name of an index.
  if (findIndex(catalog, schema, fields.relation.relname) || viewWithIndex(catalog, schema, fields.relation.relname))
    return renameIndex(catalog, fields, change)
  return fields.missing_ok
    ? catalog
    : mark(markUnknown(catalog, key, change), to, change, 'it was another table before, which is not known')
}

function renameIndex(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const [from, to] = [fields.relation.relname as string, fields.newname as string]
  const schema = (fields.relation.schemaname as string | undefined) ?? DEFAULT_SCHEMA
  const found = findIndex(catalog, schema, from)
  const view = found ? undefined : viewWithIndex(catalog, schema, from)
  if (view !== undefined) return renameViewIndex(catalog, view, from, to)
  // ALTER INDEX … RENAME takes the name of any relation.
  const key = rangeKey(fields.relation)
  if (!found && (catalog.tables.has(key) || catalog.views.has(key) || catalog.sequences.has(key)))
    return rekeyRelation(catalog, key, schema, to, change)
  if (!found) return fields.missing_ok ? catalog : markEverything(catalog, change, `the index "${from}" is not known`)
  return withIndexRenamed(catalog, found.key, from, to)
}

function renameViewIndex(catalog: Catalog, key: TableName, from: string, to: string): Catalog {
  const view = catalog.views.get(key)
  if (!view) return catalog
  return {
    ...catalog,
    views: withEntry(catalog.views, key, { ...view, indexes: view.indexes.map((i) => (i.name === from ? { ...i, name: to } : i)) }),
  }
}

function withIndexRenamed(catalog: Catalog, key: TableName, from: string, to: string): Catalog {
  const table = catalog.tables.get(key)
  return table ? followIndexName(putTable(catalog, key, renamedIndex(table, from, to)), key, from, to) : catalog
}

/** An index and the constraint that owns it have one name. */
function renamedIndex(table: Table, from: string, to: string): Table {
  const owner = table.indexes.find((i) => i.name === from)?.constraint
  return {
    ...table,
    indexes: table.indexes.map((i) => (i.name === from ? { ...i, name: to, ...(owner !== undefined && { constraint: to }) } : i)),
    constraints: owner === undefined ? table.constraints : table.constraints.map((c) => (c.name === owner ? { ...c, name: to } : c)),
  }
}

function renameConstraint(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const key = rangeKey(fields.relation)
  const table = catalog.tables.get(key)
  const [from, to] = [fields.subname as string, fields.newname as string]
  if (!table) return fields.missing_ok ? catalog : markUnknown(catalog, key, change)
  const constraint = table.constraints.find((c) => c.name === from)
  const required = constraint ? undefined : columnOfNotNull(catalog, key, from)
  if (required) return renameNotNull(catalog, key, required.name, to)
  if (!constraint) return mark(catalog, key, change, `the constraint "${from}" is not known`)
  if (table.indexes.some((i) => i.constraint === from)) return withIndexRenamed(catalog, key, from, to)
  const renamed = putTable(catalog, key, {
    ...table,
    constraints: table.constraints.map((c) => (c === constraint ? { ...c, name: to } : c)),
  })
  return constraint.kind === 'check' && !constraint.noInherit ? renameInChildren(renamed, key, fields, change) : renamed
}

/** A check has one name in all tables that inherit it. */
function renameInChildren(catalog: Catalog, key: TableName, fields: PgNode, change: Change): Catalog {
  return childrenOf(catalog.tables, key).reduce((current, child) => {
    const [schemaname, relname] = splitKey(child)
    const has = current.tables.get(child)?.constraints.some((c) => c.name === fields.subname)
    return has ? renameConstraint(current, { ...fields, relation: { schemaname, relname } }, change) : current
  }, catalog)
}

function renameNotNull(catalog: Catalog, key: TableName, name: string, to: string): Catalog {
  const standing = column(catalog.tables.get(key), name)?.notNullConstraint
  const renamed = amendNotNull(catalog, key, name, { name: to })
  if (!standing || standing.noInherit) return renamed
  return childrenOf(catalog.tables, key).reduce((current, child) => renameNotNull(current, child, name, to), renamed)
}

function renameIn(catalog: Catalog, key: TableName, list: 'triggers' | 'policies', from: string, to: string, change: Change): Catalog {
  const table = catalog.tables.get(key)
  if (!table?.[list].some((o) => o.name === from))
    return catalog.views.has(key) ? catalog : mark(catalog, key, change, `"${from}" is not known`)
  const renamed = putTable(catalog, key, { ...table, [list]: table[list].map((o) => (o.name === from ? { ...o, name: to } : o)) })
  const trigger = list === 'triggers' ? table.triggers.find((t) => t.name === from) : undefined
  return trigger
    ? triggersOfPartitions(renamed, key, trigger, (current, child) => renameIn(current, child, list, from, to, change))
    : renamed
}

function renameSequence(catalog: Catalog, key: TableName, name: string, missingOk: boolean, change: Change): Catalog {
  if (catalog.sequences.has(key)) return rekeyRelation(catalog, key, splitKey(key)[0], name, change)
  return missingOk ? catalog : markEverything(catalog, change, `the sequence ${displayTable(key)} is not known`)
}
