import { type Catalog, type Column, column, type Index, type TableName, type TypeName } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import type { PgNode } from '../sql/parser.ts'
import { bareType, serialType, typeName } from '../sql/type-name.ts'
import { calledByRows } from './calls.ts'
import type { Change } from './change.ts'
import { collationOf, identityName, withDefault } from './column.ts'
import { indexNames } from './columns-named.ts'
import { mark, putTable, withEntry, without } from './edit.ts'
import { recollated } from './index-key.ts'
import { indexPartitions, withoutParts } from './partition-index.ts'
import { identitySequence, ownedSequences, ownSequence } from './sequence.ts'
import { expressionFrom, find, parenthesised, sourceOf } from './slice.ts'

/** ALTER COLUMN … but for NOT NULL. Undefined where the action is none of these. */
export function alterColumn(catalog: Catalog, key: TableName, cmd: PgNode, def: PgNode, change: Change): Catalog | undefined {
  const name = cmd.name as string
  switch (cmd.subtype) {
    case 'AT_ColumnDefault':
      return calledByRows(
        edited(catalog, key, name, change, (c) => setDefault(catalog, c, cmd.def, change)),
        cmd.def,
        change,
      )
    case 'AT_AlterColumnType':
      return setType(catalog, key, name, def, change)
    case 'AT_AddIdentity':
      return addIdentity(catalog, key, name, def)
    case 'AT_SetIdentity':
      return edited(catalog, key, name, change, (c) => setIdentity(c, cmd.def))
    case 'AT_DropIdentity':
      return dropIdentity(catalog, key, name)
    case 'AT_DropExpression':
      return edited(catalog, key, name, change, ({ generated: _, ...c }) => c)
    case 'AT_SetExpression':
      return edited(catalog, key, name, change, (c) => setExpression(c, cmd.def, change))
    default:
      return undefined
  }
}

/** The catalog with a column edited; where `edit` gives a reason instead, the table is marked. */
function edited(catalog: Catalog, key: TableName, name: string, change: Change, edit: (column: Column) => Column | string): Catalog {
  const table = catalog.tables.get(key)
  const found = column(table, name)
  if (!table || !found) return mark(catalog, key, change, `the column "${name}" is not known`)
  const next = edit(found)
  if (typeof next === 'string') return mark(catalog, key, change, next)
  return putTable(catalog, key, { ...table, columns: table.columns.map((c) => (c === found ? next : c)) })
}

function setDefault(catalog: Catalog, column: Column, node: PgNode | undefined, change: Change): Column | string {
  const { default: _, ...bare } = column
  if (!node) return bare
  const source = sourceOf(change.statement)
  const text = expressionFrom(source, find(source, 'DEFAULT', find(source, 'SET')) + 1, node)
  return text === undefined ? `the default of "${column.name}" could not be read` : withDefault(catalog, column, text, node)
}

/** SET DATA TYPE: the default is cast, the collation is the new type's own unless one is named, indexes are made again as they are. */
function setType(catalog: Catalog, key: TableName, name: string, def: PgNode, change: Change): Catalog {
  // PostgreSQL refuses it, both ORMs write it: what is meant is the integer type.
  const serial = serialType(def.typeName)
  const collation = collationOf(def)
  const type = typeName(def.typeName)
  const typed = edited(catalog, key, name, change, ({ collation: _, ...c }) => ({
    ...c,
    type,
    ...keptDefault(c, type),
    ...(collation !== undefined && { collation }),
  }))
  return sequenceTyped(indexesRebuilt(typed, key, name), key, name, serial !== undefined)
}

/** A literal that took the old type from its column stays one of that type, and is cast to the new one. */
function keptDefault(column: Column, type: TypeName): Pick<Column, 'default'> {
  if (column.default === undefined || type === column.type) return {}
  const constant = parseExpression(column.default).A_Const
  return constant?.sval || constant?.isnull ? { default: `${column.default}::${withoutModifier(column.type)}` } : {}
}

function withoutModifier(type: TypeName): string {
  const bare = bareType(type)
  const array = type.endsWith('[]') ? '[]' : ''
  if (bare === 'character') return `bpchar${array}`
  if (bare === 'bit') return `"bit"${array}`
  // `timestamp(3) with time zone` has its modifier in the middle, `interval year` behind.
  return bare.startsWith('interval') ? `interval${array}` : bare + type.slice(bare.length).replace(/^\([^)]*\)/, '')
}

/** Indexes that use the column are made again as they are printed; the parts of a partitioned table's index get new names. */
function indexesRebuilt(catalog: Catalog, key: TableName, name: string): Catalog {
  const table = catalog.tables.get(key)
  if (!table || table.indexes.length === 0) return catalog
  const rebuilt = table.indexes.filter((i) => indexNames(i, name, table))
  if (rebuilt.length === 0) return catalog
  const indexes = table.indexes.map((i): Index => {
    if (!rebuilt.includes(i)) return i
    const { madeAs: _, ...index } = i
    return { ...index, keys: i.keys.map((k) => recollated(k, table.columns)) }
  })
  const put = putTable(catalog, key, { ...table, indexes })
  if (table.partitionedBy === undefined) return put
  // Parts of a part are made with it.
  return indexes
    .filter((i) => i.parent === undefined && rebuilt.some((r) => r.name === i.name))
    .reduce((current, i) => indexPartitions(withoutParts(current, key, i.name), key, i), put)
}

/** The sequence of an identity column has the column's type, and so has the one that a serial type asks for. */
function sequenceTyped(catalog: Catalog, key: TableName, name: string, isSerial: boolean): Catalog {
  const found = column(catalog.tables.get(key), name)
  if (found?.type !== 'smallint' && found?.type !== 'integer' && found?.type !== 'bigint') return catalog
  const own = found.identity ? identitySequence(catalog, key, name) : isSerial ? ownedSequences(catalog, key, name)[0] : undefined
  const sequence = own === undefined ? undefined : catalog.sequences.get(own)
  if (own === undefined || !sequence) return catalog
  return { ...catalog, sequences: withEntry(catalog.sequences, own, { ...sequence, type: found.type }) }
}

function addIdentity(catalog: Catalog, key: TableName, name: string, def: PgNode): Catalog {
  const table = catalog.tables.get(key)
  const found = column(table, name)
  if (!table || !found) return catalog
  const own: Column = { ...found, identity: def.generated_when === 'd' ? 'by default' : 'always' }
  const put = putTable(catalog, key, { ...table, columns: table.columns.map((c) => (c === found ? own : c)) })
  return ownSequence(put, key, identityName(catalog, table, def, name), own)
}

function dropIdentity(catalog: Catalog, key: TableName, name: string): Catalog {
  const table = catalog.tables.get(key)
  if (!table) return catalog
  const sequence = identitySequence(catalog, key, name)
  const columns = table.columns.map(({ identity, ...c }): Column => (c.name === name || !identity ? c : { ...c, identity }))
  const put = putTable(catalog, key, { ...table, columns })
  return sequence === undefined ? put : { ...put, sequences: without(put.sequences, sequence) }
}

function setIdentity(column: Column, options: PgNode): Column {
  const kind = ((options.List?.items ?? []) as PgNode[]).find((o) => o.DefElem?.defname === 'generated')?.DefElem.arg?.Integer?.ival
  if (kind === undefined) return column
  return { ...column, identity: String.fromCharCode(kind) === 'd' ? 'by default' : 'always' }
}

function setExpression(column: Column, node: PgNode, change: Change): Column | string {
  const expression = parenthesised(sourceOf(change.statement), 'AS', 0, node)
  if (expression === undefined || !column.generated) return `the expression of "${column.name}" could not be read`
  return { ...column, generated: { ...column.generated, expression } }
}
