import { type Catalog, column, incompleteness, type TableName } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { DEFAULT_SCHEMA, rangeKey, splitKey, strings, tableKey } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { userType } from '../sql/type-name.ts'
import { findIndex } from './find-index.ts'
import { hasRelation } from './object-name.ts'
import { qualified } from './qualify.ts'
import { hasType } from './types.ts'

/** The object that a statement makes, drops or renames, against the catalog. */
export interface Subject {
  /** Every name that a condition about it may mention. */
  readonly names: readonly string[]
  /** What PostgreSQL would say: it exists already, it (or its table) is missing, or nothing. */
  readonly conflict?: 'exists' | 'missing'
  /** The picture that this rests on is incomplete. */
  readonly unsure: boolean
}

/** What a statement is about, or undefined where it neither makes, drops nor renames one object that the catalog holds. */
export function subjectOf(catalog: Catalog, statement: Statement): Subject | undefined {
  const [tag, s] = untag(qualified(catalog, statement).statement.node)
  switch (tag) {
    case 'CreateStmt':
      return newTable(catalog, s)
    case 'CreateEnumStmt': {
      const path = strings(s.typeName)
      return subject(catalog, path, hasType(catalog, userType(path)) ? 'exists' : undefined)
    }
    case 'CreateSchemaStmt':
      return s.schemaname === undefined
        ? undefined
        : subject(catalog, [s.schemaname], catalog.schemas.has(s.schemaname) ? 'exists' : undefined)
    case 'CreateDomainStmt':
      return subject(catalog, strings(s.domainname), hasType(catalog, userType(strings(s.domainname))) ? 'exists' : undefined)
    case 'CompositeTypeStmt': {
      const path = splitKey(rangeKey(s.typevar))
      return subject(catalog, path, hasType(catalog, userType(path)) ? 'exists' : undefined)
    }
    case 'CreateSeqStmt':
      return made(catalog, rangeKey(s.sequence), [], hasRelation(catalog, ...splitKey(rangeKey(s.sequence))))
    case 'AlterSeqStmt':
      return ofSequence(catalog, s)
    case 'ViewStmt':
      return made(catalog, rangeKey(s.view), [], hasRelation(catalog, ...splitKey(rangeKey(s.view))))
    case 'AlterEnumStmt': {
      const labels = catalog.enums.get(userType(strings(s.typeName)))
      return subject(catalog, [...strings(s.typeName), s.newVal], !labels ? 'missing' : labels.includes(s.newVal) ? 'exists' : undefined)
    }
    case 'IndexStmt': {
      const key = rangeKey(s.relation)
      const taken = s.idxname !== undefined && hasRelation(catalog, splitKey(key)[0], s.idxname)
      return ofTable(catalog, key, [s.idxname ?? ''], taken ? 'exists' : undefined)
    }
    case 'CreateTrigStmt':
      return ofTable(catalog, rangeKey(s.relation), [s.trigname], has(catalog, rangeKey(s.relation), 'triggers', s.trigname))
    case 'CreatePolicyStmt':
      return ofTable(catalog, rangeKey(s.table), [s.policy_name], has(catalog, rangeKey(s.table), 'policies', s.policy_name))
    case 'AlterTableStmt':
      return s.objtype === 'OBJECT_TABLE' && s.cmds.length === 1
        ? ofAction(catalog, rangeKey(s.relation), s.cmds[0].AlterTableCmd)
        : undefined
    case 'RenameStmt':
      return ofRename(catalog, s)
    case 'DropStmt':
      return ofDrops(catalog, s)
    default:
      return undefined
  }
}

/** A table that is made: the tables that its parents, its keys and LIKE name must be there, and a column that is there, or in a key, twice is refused (42701). */
function newTable(catalog: Catalog, s: PgNode): Subject {
  const key = rangeKey(s.relation)
  const elements = (s.tableElts ?? []) as PgNode[]
  const columns = elements.flatMap(({ ColumnDef: def, TableLikeClause: like }): string[] =>
    def ? [def.colname] : like ? (catalog.tables.get(rangeKey(like.relation))?.columns ?? []).map((c) => c.name) : [],
  )
  const repeats = [columns, ...elements.map((e) => strings(e.Constraint?.keys))].some((names) => new Set(names).size < names.length)
  const found = made(catalog, key, [], repeats || hasRelation(catalog, ...splitKey(key)))
  const needed = [
    ...((s.inhRelations ?? []) as PgNode[]).map((p) => p.RangeVar),
    ...elements.flatMap((e) => e.TableLikeClause?.relation ?? []),
    ...[...elements, ...elements.flatMap((e) => (e.ColumnDef?.constraints ?? []) as PgNode[])]
      .flatMap((e) => e.Constraint?.pktable ?? [])
      .filter((range) => rangeKey(range) !== key),
  ]
  const lacks = !found.conflict && needed.some((range) => !isThere(catalog, rangeKey(range)))
  return lacks ? { ...found, conflict: 'missing' } : found
}

function isThere(catalog: Catalog, key: TableName): boolean {
  return catalog.tables.has(key) || catalog.views.has(key)
}

function subject(catalog: Catalog, names: readonly string[], conflict: Subject['conflict'], key?: TableName): Subject {
  const unsure = key === undefined ? catalog.incomplete.has('*') : incompleteness(catalog, key) !== undefined
  return { names, unsure, ...(conflict !== undefined && { conflict }) }
}

function made(catalog: Catalog, key: TableName, names: readonly string[], exists: boolean): Subject {
  return subject(catalog, [...splitKey(key), ...names], exists ? 'exists' : undefined, key)
}

function ofTable(catalog: Catalog, key: TableName, names: readonly string[], conflict: Subject['conflict']): Subject {
  return subject(catalog, [...splitKey(key), ...names], catalog.tables.has(key) ? conflict : 'missing', key)
}

function has(catalog: Catalog, key: TableName, list: 'triggers' | 'policies', name: string): Subject['conflict'] {
  return catalog.tables.get(key)?.[list].some((o) => o.name === name) ? 'exists' : undefined
}

function ofAction(catalog: Catalog, key: TableName, cmd: PgNode): Subject | undefined {
  const table = catalog.tables.get(key)
  const [, def] = untag(cmd.def)
  const name = (cmd.name ?? def.colname ?? def.conname ?? '') as string
  const constraint = table?.constraints.some((c) => c.name === name) || table?.indexes.some((i) => i.name === name)
  switch (cmd.subtype) {
    case 'AT_AddColumn':
      return ofTable(catalog, key, [name], column(table, name) ? 'exists' : undefined)
    case 'AT_DropColumn':
      return ofTable(catalog, key, [name], column(table, name) ? undefined : 'missing')
    case 'AT_AddConstraint':
      return name === '' ? undefined : ofTable(catalog, key, [name], constraint ? 'exists' : undefined)
    case 'AT_ColumnDefault':
    case 'AT_SetNotNull':
    case 'AT_DropNotNull':
    case 'AT_AlterColumnType':
      return ofTable(catalog, key, [name], column(table, name) ? undefined : 'missing')
    case 'AT_AttachPartition':
    case 'AT_DetachPartition': {
      const other = rangeKey(def.name)
      return ofTable(catalog, key, splitKey(other), catalog.tables.has(other) ? undefined : 'missing')
    }
    case 'AT_DropConstraint':
    case 'AT_ValidateConstraint':
      return ofTable(catalog, key, [name], constraint ? undefined : 'missing')
    default:
      return table ? undefined : ofTable(catalog, key, [name], 'missing')
  }
}

function ofRename(catalog: Catalog, s: PgNode): Subject | undefined {
  const key = s.relation ? rangeKey(s.relation) : undefined
  const table = key === undefined ? undefined : catalog.tables.get(key)
  const state = (from: boolean, to: boolean): Subject['conflict'] => (!from ? 'missing' : to ? 'exists' : undefined)
  switch (s.renameType) {
    case 'OBJECT_COLUMN':
      return ofTable(catalog, key ?? '', [s.subname, s.newname], state(!!column(table, s.subname), !!column(table, s.newname)))
    case 'OBJECT_TABCONSTRAINT': {
      const known = (name: string): boolean => table?.constraints.some((c) => c.name === name) ?? false
      return ofTable(catalog, key ?? '', [s.subname, s.newname], state(known(s.subname), known(s.newname)))
    }
    case 'OBJECT_TABLE': {
      const [schema, name] = splitKey(key ?? '')
      const taken = catalog.tables.has(tableKey(s.newname, schema))
      return subject(catalog, [schema, name, s.newname], state(table !== undefined, taken), key)
    }
    case 'OBJECT_INDEX': {
      const schema = (s.relation.schemaname as string | undefined) ?? DEFAULT_SCHEMA
      const found = findIndex(catalog, schema, s.relation.relname)
      return subject(catalog, [schema, s.relation.relname, s.newname], state(!!found, !!findIndex(catalog, schema, s.newname)), found?.key)
    }
    case 'OBJECT_TYPE': {
      const path = strings(s.object?.List?.items)
      const to = userType([...path.slice(0, -1), s.newname])
      return subject(catalog, [...path, s.newname], state(hasType(catalog, userType(path)), hasType(catalog, to)))
    }
    default:
      return undefined
  }
}

/** OWNED BY needs its table, whatever IF EXISTS says of the sequence. */
function ofSequence(catalog: Catalog, s: PgNode): Subject {
  const key = rangeKey(s.sequence)
  const owner = ((s.options ?? []) as PgNode[]).find((o) => o.DefElem?.defname === 'owned_by')
  const path = strings(owner?.DefElem.arg?.List?.items)
  const table = path.length > 1 ? tableKey(path.at(-2) ?? '', path.at(-3) ?? DEFAULT_SCHEMA) : undefined
  const isMissing = !catalog.sequences.has(key) || (table !== undefined && !catalog.tables.has(table))
  return subject(catalog, splitKey(key), isMissing ? 'missing' : undefined, table ?? key)
}

/** A DROP of several fails where one is missing. */
function ofDrops(catalog: Catalog, s: PgNode): Subject | undefined {
  const each = (s.objects as PgNode[]).map((object) => ofDrop(catalog, { ...s, objects: [object] }))
  const known = each.filter((one) => one !== undefined)
  if (known.length < each.length) return undefined
  return known.find((one) => one.conflict) ?? known[0]
}

function ofDrop(catalog: Catalog, s: PgNode): Subject | undefined {
  const [tag, object] = untag(s.objects[0])
  const path = strings(tag === 'List' ? object.items : tag === 'TypeName' ? object.names : [])
  const [name, schema] = [path.at(-1) ?? '', path.at(-2) ?? DEFAULT_SCHEMA]
  switch (s.removeType) {
    case 'OBJECT_TABLE':
      return ofTable(catalog, tableKey(name, schema), [], undefined)
    case 'OBJECT_SEQUENCE':
      return subject(catalog, [schema, name], catalog.sequences.has(tableKey(name, schema)) ? undefined : 'missing')
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return subject(catalog, [schema, name], catalog.views.has(tableKey(name, schema)) ? undefined : 'missing')
    case 'OBJECT_INDEX': {
      const found = findIndex(catalog, schema, name)
      return subject(catalog, [schema, name], found ? undefined : 'missing', found?.key)
    }
    case 'OBJECT_TYPE':
      return subject(catalog, path, hasType(catalog, userType(path)) ? undefined : 'missing')
    default:
      return undefined
  }
}

/** The error that a statement ends with for an object that is there already or is not there; IF [NOT] EXISTS takes it itself. */
export function errorOf(catalog: Catalog, statement: Statement): { readonly error: Subject['conflict']; readonly unsure: boolean } {
  const found = subjectOf(catalog, statement)
  const [tag, s] = untag(statement.node)
  const cmd = s.cmds?.length === 1 ? (s.cmds[0].AlterTableCmd as PgNode | undefined) : undefined
  const tolerates =
    found?.conflict === 'exists'
      ? (s.if_not_exists && !(tag === 'CreateStmt' && !hasRelation(catalog, ...splitKey(rangeKey(s.relation))))) ||
        s.replace ||
        s.skipIfNewValExists ||
        cmd?.missing_ok
      : (s.missing_ok && !(tag === 'AlterSeqStmt' && catalog.sequences.has(rangeKey(s.sequence)))) ||
        (cmd?.missing_ok && catalog.tables.has(rangeKey(s.relation)))
  return { error: tolerates ? undefined : found?.conflict, unsure: found?.unsure ?? false }
}

/** True where a statement may fail for what the rows are: a handler may then have taken the error. */
export function dependsOnData(statement: Statement): boolean {
  const [tag, s] = untag(statement.node)
  if (tag === 'IndexStmt') return s.unique === true
  if (tag !== 'AlterTableStmt') return false
  return (s.cmds as PgNode[]).some(({ AlterTableCmd: c }) => {
    const [, def] = untag(c.def)
    if (c.subtype === 'AT_AddConstraint') return def.skip_validation !== true
    return ['AT_SetNotNull', 'AT_AlterColumnType', 'AT_ValidateConstraint'].includes(c.subtype) || isRequiredColumn(c.subtype, def)
  })
}

function isRequiredColumn(subtype: string, def: PgNode): boolean {
  const kinds = ((def.constraints ?? []) as PgNode[]).map((c) => c.Constraint?.contype)
  return subtype === 'AT_AddColumn' && kinds.includes('CONSTR_NOTNULL') && !kinds.includes('CONSTR_DEFAULT')
}
