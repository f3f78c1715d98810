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
import type { PgNode } from '../sql/parser.ts'
import { displayTable, rangeKey, strings } from '../sql/relation.ts'
import type { Change } from './change.ts'
import { columnsChecked } from './columns-named.ts'
import { mark, markUnknown, putTable } from './edit.ts'
import { indexColumnNames, numbered, readKeys } from './index-key.ts'
import { columnOfNotNull, setNotNull } from './not-null.ts'
import { constraintName, joinedColumns, relationName } from './object-name.ts'
import { hasPartitions } from './partition-index.ts'
import { constrainPartitions } from './partition-key.ts'
import { find, parenthesised, sourceOf, tokenAt } from './slice.ts'

interface AddOptions {
  /** The table has no rows yet, so NOT VALID means nothing. */
  readonly creating?: boolean
  /** ALTER TABLE ONLY: what it means for partitions is left to later statements. */
  readonly only?: boolean
}

/** Adds a table constraint to a table of the catalog, with its index. */
export function addConstraint(catalog: Catalog, key: TableName, node: PgNode, change: Change, options: AddOptions = {}): Catalog {
  const creating = options.creating === true
  const table = catalog.tables.get(key)
  if (!table) return markUnknown(catalog, key, change)
  if (node.conname !== undefined && stands(catalog, key, table, node))
    return mark(catalog, key, change, `the constraint "${node.conname}" stands already`)
  switch (node.contype) {
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
      return node.indexname
        ? adoptIndex(catalog, key, table, node, change)
        : addKey(catalog, key, table, node, change, options.only === true)
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

/** True where the table has a constraint of that name that is not merged with the new one. */
function stands(catalog: Catalog, key: TableName, table: Table, node: PgNode): boolean {
  const standing = table.constraints.find((c) => c.name === node.conname)
  if (standing) return !(standing.kind === 'check' && node.contype === 'CONSTR_CHECK' && table.parents)
  return node.contype !== 'CONSTR_NOTNULL' && columnOfNotNull(catalog, key, node.conname) !== undefined
}

const attributes = (node: PgNode): Pick<Constraint, 'deferrable' | 'initiallyDeferred' | 'noInherit' | 'notEnforced' | 'period'> => ({
  ...(node.deferrable && { deferrable: true }),
  ...(node.initdeferred && { initiallyDeferred: true as const }),
  ...(node.contype === 'CONSTR_CHECK' && node.is_no_inherit && { noInherit: true as const }),
  ...(!isEnforced(node) && { notEnforced: true as const }),
  ...((node.without_overlaps || node.fk_with_period) && { period: true as const }),
})

/** The columns of a primary key are NOT NULL. */
function requireColumns(catalog: Catalog, key: TableName, names: readonly string[]): Catalog {
  return names.reduce((current, name) => setNotNull(current, key, name), catalog)
}

/** The tree leaves a false `is_enforced` out. */
function isEnforced(node: PgNode): boolean {
  return (node.contype !== 'CONSTR_CHECK' && node.contype !== 'CONSTR_FOREIGN') || node.is_enforced === true
}

function isValidated(node: PgNode, creating: boolean): boolean {
  return isEnforced(node) && (creating || !node.skip_validation)
}

function addKey(catalog: Catalog, key: TableName, table: Table, node: PgNode, change: Change, only: boolean): Catalog {
  const primary = node.contype === 'CONSTR_PRIMARY'
  const columns = strings(node.keys)
  const include = strings(node.including)
  const missing = [...columns, ...include].find((name) => !column(table, name))
  if (missing !== undefined) return mark(catalog, key, change, `a key names the column "${missing}", which is not known`)
  const name =
    node.conname ??
    (primary
      ? relationName(catalog, table, undefined, 'pkey', true)
      : relationName(catalog, table, joinedColumns(numbered([...columns, ...include])), 'key', true))
  const index: Index = {
    name,
    unique: true,
    method: node.without_overlaps ? 'gist' : 'btree',
    keys: columns.map((c) => ({ column: c, options: '' })),
    include,
    nullsNotDistinct: node.nulls_not_distinct === true,
    valid: !only || !hasPartitions(catalog, key),
    constraint: name,
  }
  // Equal but for the last column, a range, which must not overlap.
  const operators = node.without_overlaps ? columns.map((_, i) => (i < columns.length - 1 ? '=' : '&&')) : undefined
  const constraint: Constraint = {
    name,
    kind: primary ? 'primary' : 'unique',
    columns,
    validated: true,
    ...attributes(node),
    ...(operators && { operators }),
  }
  const solid = primary ? requireColumns(catalog, key, columns) : catalog
  const own = solid.tables.get(key) ?? table
  const added = putTable(solid, key, { ...own, constraints: [...own.constraints, constraint], indexes: [...own.indexes, index] })
  return only ? added : constrainPartitions(added, key, constraint)
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
  const columns = columnsChecked(node.raw_expr, table)
  const name = node.conname ?? constraintName(catalog, table, columns.length === 1 ? columns[0] : undefined, 'check')
  const constraint: Constraint = { name, kind: 'check', columns, validated: isValidated(node, creating), expression, ...attributes(node) }
  // One that a parent has too is merged with it.
  const others = table.constraints.filter((c) => c.name !== name)
  return putTable(catalog, key, { ...table, constraints: [...others, constraint] })
}

function addExclusion(catalog: Catalog, key: TableName, table: Table, node: PgNode, change: Change): Catalog {
  const source = sourceOf(change.statement)
  const elements = (node.exclusions as PgNode[]).map((e) => (e.List?.items?.[0] as PgNode)?.IndexElem as PgNode)
  const open = find(source, '(', find(source, 'EXCLUDE', tokenAt(source, node)))
  const keys = readKeys(source, open, elements, table.columns)
  const where = node.where_clause && parenthesised(source, 'WHERE', open, node.where_clause)
  if (!keys || (node.where_clause && where === undefined)) return mark(catalog, key, change, 'an exclusion constraint could not be read')
  const columns = keys.flatMap((k) => (k.column === undefined ? [] : [k.column]))
  const name =
    node.conname ?? relationName(catalog, table, joinedColumns(indexColumnNames(elements, strings(node.including))), 'excl', true)
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
