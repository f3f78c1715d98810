import {
  type Catalog,
  type Constraint,
  column,
  type ForeignKey,
  type Index,
  type ReferentialAction,
  type Table,
  type TableName,
} from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { displayTable, rangeKey, strings } from '../relation.ts'
import type { Change } from './change.ts'
import { columnsNamed } from './columns-named.ts'
import { mark, markUnknown, putTable } from './edit.ts'
import { readKeys } from './index-key.ts'
import { setNotNull } from './not-null.ts'
import { constrainPartitions } from './partition.ts'
import { constraintName, joinedColumns, relationName } from './object-name.ts'
import { find, parenthesised, sourceOf, tokenAt } from './slice.ts'

/** Adds a table constraint to a table of the catalog, with its index. `creating`: the table has no rows yet, so NOT VALID means nothing. */
export function addConstraint(catalog: Catalog, key: TableName, node: PgNode, change: Change, creating = false): Catalog {
  const table = catalog.tables.get(key)
  if (!table) return markUnknown(catalog, key, change)
  switch (node.contype) {
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
      return node.indexname ? adoptIndex(catalog, key, table, node, change) : addKey(catalog, key, table, node, change)
    case 'CONSTR_FOREIGN':
      return addForeignKey(catalog, key, table, node, change, creating)
    case 'CONSTR_CHECK':
      return addCheck(catalog, key, table, node, change, creating)
    case 'CONSTR_EXCLUSION':
      return addExclusion(catalog, key, table, node, change)
    case 'CONSTR_NOTNULL':
      return strings(node.keys).reduce(
        (current, name) =>
          setNotNull(current, key, name, {
            name: node.conname,
            validated: creating || !node.skip_validation,
            noInherit: node.is_no_inherit === true,
          }),
        catalog,
      )
    default:
      return mark(catalog, key, change, `a constraint of the kind ${node.contype} is not followed`)
  }
}

const attributes = (node: PgNode): Pick<Constraint, 'deferrable' | 'initiallyDeferred' | 'noInherit' | 'notEnforced'> => ({
  ...(node.deferrable && { deferrable: true }),
  ...(node.initdeferred && { initiallyDeferred: true as const }),
  ...(node.contype === 'CONSTR_CHECK' && node.is_no_inherit && { noInherit: true as const }),
  ...((node.contype === 'CONSTR_CHECK' || node.contype === 'CONSTR_FOREIGN') && node.is_enforced === false && { notEnforced: true as const }),
})

/** The columns of a primary key are NOT NULL. */
function requireColumns(catalog: Catalog, key: TableName, names: readonly string[]): Catalog {
  return names.reduce((current, name) => setNotNull(current, key, name), catalog)
}

function isValidated(node: PgNode, creating: boolean): boolean {
  return node.is_enforced !== false && (creating || !node.skip_validation)
}

function addKey(catalog: Catalog, key: TableName, table: Table, node: PgNode, change: Change): Catalog {
  const primary = node.contype === 'CONSTR_PRIMARY'
  const columns = strings(node.keys)
  const include = strings(node.including)
  const missing = [...columns, ...include].find((name) => !column(table, name))
  if (missing !== undefined) return mark(catalog, key, change, `a key names the column "${missing}", which is not known`)
  const name =
    node.conname ??
    (primary
      ? relationName(catalog, table, undefined, 'pkey', true)
      : relationName(catalog, table, joinedColumns([...columns, ...include]), 'key', true))
  const index: Index = {
    name,
    unique: true,
    method: 'btree',
    keys: columns.map((c) => ({ column: c, options: '' })),
    include,
    nullsNotDistinct: node.nulls_not_distinct === true,
    valid: true,
    constraint: name,
  }
  const constraint: Constraint = { name, kind: primary ? 'primary' : 'unique', columns, validated: true, ...attributes(node) }
  const solid = primary ? requireColumns(catalog, key, columns) : catalog
  const own = solid.tables.get(key) ?? table
  const added = putTable(solid, key, { ...own, constraints: [...own.constraints, constraint], indexes: [...own.indexes, index] })
  return constrainPartitions(added, key, constraint)
}

/** ADD CONSTRAINT … USING INDEX: the index takes the constraint's name. */
function adoptIndex(catalog: Catalog, key: TableName, table: Table, node: PgNode, change: Change): Catalog {
  const index = table.indexes.find((i) => i.name === node.indexname)
  if (!index) return mark(catalog, key, change, `the index "${node.indexname}" is not known`)
  const primary = node.contype === 'CONSTR_PRIMARY'
  const name = (node.conname as string | undefined) ?? index.name
  const columns = index.keys.flatMap((k) => (k.column === undefined ? [] : [k.column]))
  const solid = primary ? requireColumns(catalog, key, columns) : catalog
  const own = solid.tables.get(key) ?? table
  const constraint: Constraint = { name, kind: primary ? 'primary' : 'unique', columns, validated: true, ...attributes(node) }
  return putTable(solid, key, {
    ...own,
    constraints: [...own.constraints, constraint],
    indexes: own.indexes.map((i) => (i === index ? { ...i, name, constraint: name } : i)),
  })
}

const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}

function addForeignKey(catalog: Catalog, key: TableName, table: Table, node: PgNode, change: Change, creating: boolean): Catalog {
  const columns = strings(node.fk_attrs)
  const target = rangeKey(node.pktable)
  const other = catalog.tables.get(target)
  const missing = columns.find((name) => !column(table, name))
  if (missing !== undefined) return mark(catalog, key, change, `a foreign key names the column "${missing}", which is not known`)
  const named = strings(node.pk_attrs)
  const references: ForeignKey = {
    table: target,
    columns: named.length > 0 ? named : (other?.constraints.find((c) => c.kind === 'primary')?.columns ?? []),
    onDelete: ACTIONS[node.fk_del_action] ?? 'no action',
    onUpdate: ACTIONS[node.fk_upd_action] ?? 'no action',
    ...(node.fk_matchtype === 'f' && { full: true as const }),
    ...(node.fk_del_set_cols && { sets: strings(node.fk_del_set_cols) }),
  }
  const name = node.conname ?? constraintName(catalog, table, joinedColumns(columns), 'fkey')
  const constraint: Constraint = {
    name,
    kind: 'foreign',
    columns,
    validated: isValidated(node, creating),
    references,
    ...attributes(node),
  }
  const added = constrainPartitions(putTable(catalog, key, { ...table, constraints: [...table.constraints, constraint] }), key, constraint)
  if (!other) return markUnknown(added, target, change)
  const absent = references.columns.find((c) => !column(other, c))
  if (absent === undefined) return added
  return mark(added, target, change, `a foreign key of ${displayTable(key)} names its column "${absent}", which is not known`)
}

function addCheck(catalog: Catalog, key: TableName, table: Table, node: PgNode, change: Change, creating: boolean): Catalog {
  const source = sourceOf(change.statement)
  const expression = parenthesised(source, 'CHECK', tokenAt(source, node), node.raw_expr)
  if (expression === undefined) return mark(catalog, key, change, 'the expression of a CHECK could not be told from its neighbours')
  const columns = columnsNamed(node.raw_expr, table)
  const name = node.conname ?? constraintName(catalog, table, columns.length === 1 ? columns[0] : undefined, 'check')
  const constraint: Constraint = { name, kind: 'check', columns, validated: isValidated(node, creating), expression, ...attributes(node) }
  return putTable(catalog, key, { ...table, constraints: [...table.constraints, constraint] })
}

function addExclusion(catalog: Catalog, key: TableName, table: Table, node: PgNode, change: Change): Catalog {
  const source = sourceOf(change.statement)
  const elements = (node.exclusions as PgNode[]).map((e) => (e.List?.items?.[0] as PgNode)?.IndexElem as PgNode)
  const open = find(source, '(', find(source, 'EXCLUDE', tokenAt(source, node)))
  const keys = readKeys(source, open, elements)
  const where = node.where_clause && parenthesised(source, 'WHERE', open, node.where_clause)
  if (!keys || (node.where_clause && where === undefined)) return mark(catalog, key, change, 'an exclusion constraint could not be read')
  const columns = keys.flatMap((k) => (k.column === undefined ? [] : [k.column]))
  const name = node.conname ?? relationName(catalog, table, joinedColumns(keys.map((k) => k.column ?? 'expr')), 'excl', true)
  const index: Index = {
    name,
    unique: false,
    method: node.access_method ?? 'gist',
    keys,
    include: strings(node.including),
    ...(where !== undefined && { where }),
    nullsNotDistinct: false,
    valid: true,
    constraint: name,
  }
  const operators = (node.exclusions as PgNode[]).map((e) => strings((e.List?.items?.[1] as PgNode)?.List?.items).at(-1) ?? '')
  const constraint: Constraint = { name, kind: 'exclude', columns, validated: true, operators, ...attributes(node) }
  return putTable(catalog, key, { ...table, constraints: [...table.constraints, constraint], indexes: [...table.indexes, index] })
}
