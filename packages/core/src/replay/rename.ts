import { type Catalog, column, type Table, type TableName } from '../catalog/catalog.ts'
import { renameColumn as renameInExpression } from '../expression.ts'
import type { PgNode } from '../parser.ts'
import { DEFAULT_SCHEMA, displayTable, rangeKey, splitKey, strings, tableKey } from '../relation.ts'
import type { Change, Handler } from './change.ts'
import { editTables, mapSame, mapValues, rekeyed, mark, markEverything, markUnknown, putTable } from './edit.ts'
import { findIndex } from './find-index.ts'
import { columnOfNotNull } from './not-null.ts'
import { childrenOf } from './names.ts'
import { rekeyTable, rekeyView } from './rekey.ts'
import { renameAttribute, renameDomainConstraint } from './types.ts'
import { renameType } from './rename-type.ts'
import { moveOwners, moveSequence, usesSequence } from './sequence.ts'
import { renameSchema } from './rename-schema.ts'

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
      return renameAttribute(catalog, fields)
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
      return renameFunction(catalog, fields)
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
  if (!table) return catalog.views.has(key) || fields.missing_ok ? catalog : markUnknown(catalog, key, change)
  if (!column(table, from)) return mark(catalog, key, change, `the column "${from}" is not known`)
  let surely = true
  const inText = (expression: string): string => {
    const renamed = renameInExpression(expression, from, to)
    surely &&= renamed !== undefined
    return renamed ?? expression
  }
  const inList = (names: readonly string[]): readonly string[] => mapSame(names, (name) => (name === from ? to : name))
  const renamed = putTable(catalog, key, withColumnRenamed(table, from, to, inText, inList))
  const owned = moveOwners(renamed, key, key, { from, to })
  const pointed = columnReadAs(columnPointedAs(owned, key, from, inList), key, from, inList)
  const below = fields.relation.inh === false ? [] : childrenOf(catalog.tables, key)
  const all = below.reduce((current, child) => {
    const [schemaname, relname] = splitKey(child)
    return column(current.tables.get(child), from) ? renameColumn(current, { ...fields, relation: { schemaname, relname } }, change) : current
  }, pointed)
  return surely ? all : mark(all, key, change, `an expression that names "${from}" could not be carried to its new name`)
}

function columnPointedAs(catalog: Catalog, key: TableName, from: string, inList: (names: readonly string[]) => readonly string[]): Catalog {
  return editTables(catalog, (other) => {
    const constraints = mapSame(other.constraints, (c) => {
      if (c.references?.table !== key || !c.references.columns.includes(from)) return c
      return { ...c, references: { ...c.references, columns: inList(c.references.columns) } }
    })
    return constraints === other.constraints ? other : { ...other, constraints }
  })
}

/** Views keep a column by its place: their own columns keep their names. */
function columnReadAs(catalog: Catalog, key: TableName, from: string, inList: (names: readonly string[]) => readonly string[]): Catalog {
  const views = mapValues(catalog.views, (view) => {
    const reads = mapSame(view.reads, (r) => (r.table === key && r.columns?.includes(from) ? { ...r, columns: inList(r.columns).toSorted() } : r))
    return reads === view.reads ? view : { ...view, reads }
  })
  return views === catalog.views ? catalog : { ...catalog, views }
}

function withColumnRenamed(
  table: Table,
  from: string,
  to: string,
  inText: (expression: string) => string,
  inList: (names: readonly string[]) => readonly string[],
): Table {
  return {
    ...table,
    columns: table.columns.map((c) => ({
      ...c,
      name: c.name === from ? to : c.name,
      ...(c.generated && { generated: { ...c.generated, expression: inText(c.generated.expression) } }),
    })),
    constraints: table.constraints.map((c) => ({
      ...c,
      columns: inList(c.columns),
      ...(c.expression !== undefined && c.columns.includes(from) && { expression: inText(c.expression) }),
    })),
    indexes: table.indexes.map((i) => ({
      ...i,
      keys: i.keys.map((k) => ({
        ...k,
        ...(k.column === from && { column: to }),
        ...(k.expression !== undefined && { expression: inText(k.expression) }),
      })),
      include: inList(i.include),
      ...(i.where !== undefined && { where: inText(i.where) }),
    })),
  }
}

function renameRelation(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const key = rangeKey(fields.relation)
  const [schema] = splitKey(key)
  const to = tableKey(fields.newname, schema)
  const view = catalog.views.get(key)
  if (view) return rekeyView(catalog, key, to)
  if (catalog.tables.has(key)) return rekeyTable(catalog, key, schema, fields.newname)
  // ALTER TABLE … RENAME also takes the name of an index or a sequence.
  if (findIndex(catalog, schema, fields.relation.relname)) return renameIndex(catalog, fields, change)
  if (usesSequence(catalog, key)) return moveSequence(catalog, key, schema, fields.newname)
  return fields.missing_ok
    ? catalog
    : mark(markUnknown(catalog, key, change), to, change, 'it was another table before, which is not known')
}

function renameIndex(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const [from, to] = [fields.relation.relname as string, fields.newname as string]
  const found = findIndex(catalog, fields.relation.schemaname ?? DEFAULT_SCHEMA, from)
  if (!found) return fields.missing_ok ? catalog : markEverything(catalog, change, `the index "${from}" is not known`)
  return putTable(catalog, found.key, renamedIndex(found.table, from, to))
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
  if (required) return renameNotNull(catalog, key, table, from, to)
  if (!constraint) return mark(catalog, key, change, `the constraint "${from}" is not known`)
  if (table.indexes.some((i) => i.constraint === from)) return putTable(catalog, key, renamedIndex(table, from, to))
  return putTable(catalog, key, { ...table, constraints: table.constraints.map((c) => (c === constraint ? { ...c, name: to } : c)) })
}

function renameNotNull(catalog: Catalog, key: TableName, table: Table, from: string, to: string): Catalog {
  const columns = table.columns.map((c) =>
    c.notNullConstraint?.name === from ? { ...c, notNullConstraint: { ...c.notNullConstraint, name: to } } : c,
  )
  return putTable(catalog, key, { ...table, columns })
}

function renameIn(catalog: Catalog, key: TableName, list: 'triggers' | 'policies', from: string, to: string, change: Change): Catalog {
  const table = catalog.tables.get(key)
  if (!table?.[list].some((o) => o.name === from)) return catalog.views.has(key) ? catalog : mark(catalog, key, change, `"${from}" is not known`)
  return putTable(catalog, key, { ...table, [list]: table[list].map((o) => (o.name === from ? { ...o, name: to } : o)) })
}

function renameSequence(catalog: Catalog, key: TableName, name: string, missingOk: boolean, change: Change): Catalog {
  if (usesSequence(catalog, key)) return moveSequence(catalog, key, splitKey(key)[0], name)
  return missingOk ? catalog : markEverything(catalog, change, `the sequence ${displayTable(key)} is not known`)
}

function renameFunction(catalog: Catalog, fields: PgNode): Catalog {
  const path = strings(fields.object?.ObjectWithArgs?.objname)
  const from = tableKey(path.at(-1) ?? '', path.at(-2))
  const to = tableKey(fields.newname, path.at(-2))
  return {
    ...catalog,
    functions: rekeyed(catalog.functions, from, to),
    ...(catalog.routines && { routines: rekeyed(catalog.routines, from, to) }),
  }
}
