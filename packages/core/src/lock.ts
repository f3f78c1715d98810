import type { Catalog, TableName } from './catalog/catalog.ts'
import { referrers } from './replay/names.ts'
import { type PgNode, parseStatements, untag } from './sql/parser.ts'
import { rangeKey, strings, tableKey } from './sql/relation.ts'

/** PostgreSQL's eight table lock modes, weakest first, spelled as in its documentation. */
export const LOCK_MODES = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const

export type LockMode = (typeof LOCK_MODES)[number]

/** A lock on one table. */
export interface TableLock {
  /** `"schema"."table"`, quoted. */
  readonly table: TableName
  readonly mode: LockMode
}

/** Position in {@link LOCK_MODES}: compare two modes with it. */
export function lockStrength(mode: LockMode): number {
  return LOCK_MODES.indexOf(mode)
}

/** The strongest lock on each table of `locks`, in the order in which the tables first appear. */
export function strongest(locks: readonly TableLock[]): TableLock[] {
  const found = new Map<TableName, LockMode>()
  for (const { table, mode } of locks) {
    const held = found.get(table)
    if (held === undefined || lockStrength(mode) > lockStrength(held)) found.set(table, mode)
  }
  return [...found].map(([table, mode]) => ({ table, mode }))
}

/**
 * Locks that the SQL takes on tables of the catalog, as measured on PostgreSQL 12 to 18. The catalog tells what the text alone does not: the other
 * table of a foreign key that is dropped, the table of an index. Tables made by the SQL itself are left out.
 */
export function locksOf(sql: string, catalog: Catalog): TableLock[] {
  const locks = parseStatements(sql).flatMap(({ stmt }) => statementLocks(stmt, catalog))
  return strongest(locks.filter(({ table }) => catalog.tables.has(table)))
}

/** The same for the tree of one statement. */
export function locksOfNode(node: PgNode, catalog: Catalog): TableLock[] {
  return strongest(statementLocks(node, catalog).filter(({ table }) => catalog.tables.has(table)))
}

function statementLocks(node: PgNode, catalog: Catalog): TableLock[] {
  const [tag, s] = untag(node)
  switch (tag) {
    case 'AlterTableStmt':
      return s.objtype === 'OBJECT_TABLE' ? s.cmds.flatMap((c: PgNode) => actionLocks(rangeKey(s.relation), c.AlterTableCmd, catalog)) : []
    case 'CreateStmt':
      return createTableLocks(s)
    case 'IndexStmt':
      return [{ table: rangeKey(s.relation), mode: s.concurrent ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE' }]
    case 'RenameStmt':
      return s.relation && s.renameType !== 'OBJECT_INDEX' ? [{ table: rangeKey(s.relation), mode: 'ACCESS EXCLUSIVE' }] : []
    case 'AlterObjectSchemaStmt':
      return s.relation ? [{ table: rangeKey(s.relation), mode: 'ACCESS EXCLUSIVE' }] : []
    case 'CreateTrigStmt':
      return [{ table: rangeKey(s.relation), mode: 'SHARE ROW EXCLUSIVE' }]
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt':
      return [{ table: rangeKey(s.table), mode: 'ACCESS EXCLUSIVE' }]
    case 'RuleStmt':
      return [{ table: rangeKey(s.relation), mode: 'ACCESS EXCLUSIVE' }]
    case 'LockStmt':
      return s.relations.map((r: PgNode) => ({ table: rangeKey(r.RangeVar), mode: LOCK_MODES[s.mode - 1] ?? 'ACCESS EXCLUSIVE' }))
    case 'TruncateStmt':
      return s.relations.map((r: PgNode) => ({ table: rangeKey(r.RangeVar), mode: 'ACCESS EXCLUSIVE' }))
    case 'InsertStmt':
    case 'UpdateStmt':
    case 'DeleteStmt':
      return dataLocks(rangeKey(s.relation), catalog)
    case 'DropStmt':
      return dropLocks(s, catalog)
    case 'CommentStmt':
      return commentLocks(s)
    case 'GrantStmt':
      return (s.objects ?? []).flatMap((o: PgNode) => (o.RangeVar ? [{ table: rangeKey(o.RangeVar), mode: 'ACCESS SHARE' }] : []))
    default:
      return []
  }
}

/** COMMENT ON takes the table's lock against other comments; it stops neither reads nor writes. */
function commentLocks(s: PgNode): TableLock[] {
  const path = strings(s.object?.List?.items)
  const names = s.objtype === 'OBJECT_TABLE' ? path : path.slice(0, -1)
  const name = names.at(-1)
  const onTable = ['OBJECT_TABLE', 'OBJECT_COLUMN', 'OBJECT_TABCONSTRAINT', 'OBJECT_TRIGGER', 'OBJECT_POLICY'].includes(s.objtype)
  return onTable && name ? [{ table: tableKey(name, names.at(-2)), mode: 'SHARE UPDATE EXCLUSIVE' }] : []
}

/** A write locks the table's own rows and, through its foreign keys, looks at the tables on the other side. */
function dataLocks(table: TableName, catalog: Catalog): TableLock[] {
  const parents = foreignTables(table, catalog).map((t): TableLock => ({ table: t, mode: 'ROW EXCLUSIVE' }))
  return [{ table, mode: 'ROW EXCLUSIVE' }, ...parents]
}

function createTableLocks(s: PgNode): TableLock[] {
  const parts = (s.tableElts ?? []) as PgNode[]
  const constraints = parts.flatMap((e) =>
    e.Constraint ? [e.Constraint] : ((e.ColumnDef?.constraints ?? []) as PgNode[]).map((c) => c.Constraint),
  )
  const parents = constraints
    .filter((c) => c.contype === 'CONSTR_FOREIGN')
    .map((c): TableLock => ({ table: rangeKey(c.pktable), mode: 'SHARE ROW EXCLUSIVE' }))
  const partitioned =
    s.partbound && s.inhRelations ? [{ table: rangeKey(s.inhRelations[0].RangeVar), mode: 'ACCESS EXCLUSIVE' as const }] : []
  return [...parents, ...partitioned]
}

const WEAKER_ACTIONS: Record<string, LockMode> = {
  AT_ValidateConstraint: 'SHARE UPDATE EXCLUSIVE',
  AT_SetStatistics: 'SHARE UPDATE EXCLUSIVE',
  AT_SetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ClusterOn: 'SHARE UPDATE EXCLUSIVE',
  AT_EnableTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableAlwaysTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableReplicaTrig: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrig: 'SHARE ROW EXCLUSIVE',
}

function actionLocks(table: TableName, cmd: PgNode, catalog: Catalog): TableLock[] {
  const [, def] = untag(cmd.def)
  if (cmd.subtype === 'AT_AddConstraint' && def.contype === 'CONSTR_FOREIGN') {
    return [table, rangeKey(def.pktable)].map((t) => ({ table: t, mode: 'SHARE ROW EXCLUSIVE' }))
  }
  const others = otherSides(table, cmd, catalog)
  return [{ table, mode: WEAKER_ACTIONS[cmd.subtype] ?? 'ACCESS EXCLUSIVE' }, ...others]
}

/** The tables at the other end of the foreign keys that an action validates, adds or drops. */
function otherSides(table: TableName, cmd: PgNode, catalog: Catalog): TableLock[] {
  const constraints = catalog.tables.get(table)?.constraints ?? []
  if (cmd.subtype === 'AT_AddColumn') {
    const inline = ((cmd.def?.ColumnDef?.constraints ?? []) as PgNode[]).filter((c) => c.Constraint?.contype === 'CONSTR_FOREIGN')
    return inline.map((c) => ({ table: rangeKey(c.Constraint.pktable), mode: 'SHARE ROW EXCLUSIVE' }))
  }
  const touched = constraints.filter((c) =>
    cmd.subtype === 'AT_DropColumn' || cmd.subtype === 'AT_AlterColumnType' ? c.columns.includes(cmd.name) : c.name === cmd.name,
  )
  const parents = touched.flatMap((c) => (c.references ? [c.references.table] : []))
  if (cmd.subtype === 'AT_ValidateConstraint') return parents.map((t) => ({ table: t, mode: 'ROW SHARE' }))
  const isDrop = ['AT_DropColumn', 'AT_DropConstraint', 'AT_AlterColumnType'].includes(cmd.subtype)
  return isDrop ? parents.map((t) => ({ table: t, mode: 'ACCESS EXCLUSIVE' })) : []
}

function foreignTables(table: TableName, catalog: Catalog): TableName[] {
  const out = (catalog.tables.get(table)?.constraints ?? []).flatMap((c) => (c.references ? [c.references.table] : []))
  const inbound = referrers(catalog.tables, table)
  return [...new Set([...out, ...inbound])].filter((t) => t !== table)
}

function dropLocks(s: PgNode, catalog: Catalog): TableLock[] {
  const names = (s.objects as PgNode[]).map((o) => strings(o.List?.items))
  switch (s.removeType) {
    case 'OBJECT_TABLE':
      return names.flatMap((n) => {
        const table = tableKey(n.at(-1) ?? '', n.at(-2))
        return [table, ...foreignTables(table, catalog)].map((t): TableLock => ({ table: t, mode: 'ACCESS EXCLUSIVE' }))
      })
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return names.map((n) => ({ table: tableKey(n.at(-2) ?? '', n.at(-3)), mode: 'ACCESS EXCLUSIVE' }))
    case 'OBJECT_INDEX':
      return names.flatMap((n) => {
        const owner = [...catalog.tables].find(
          ([, t]) => (n.length === 1 || t.schema === n[0]) && t.indexes.some((i) => i.name === n.at(-1)),
        )
        return owner ? [{ table: owner[0], mode: s.concurrent ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE' }] : []
      })
    default:
      return []
  }
}
