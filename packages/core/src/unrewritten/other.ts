import type { HazardKind } from '../hazard.ts'
import type { Migration } from '../migration.ts'
import { type PgNode, scan, untag } from '../parser.ts'
import { isNewTable, rangeKey, strings, tableKey } from '../relation.ts'
import type { Statement } from '../statement.ts'
import { intentFor } from '../target.ts'
import { elementType } from '../type-name.ts'
import { KINDS } from './kinds.ts'

/** Commands that change names, comments, rights or add things nobody uses yet: brief locks at most. */
const SAFE = new Set([
  'CreateEnumStmt',
  'CompositeTypeStmt',
  'CreateDomainStmt',
  'CreateRangeStmt',
  'CreateSchemaStmt',
  'CreateExtensionStmt',
  'AlterExtensionStmt',
  'CreateSeqStmt',
  'AlterSeqStmt',
  'CreateFunctionStmt',
  'AlterFunctionStmt',
  'ViewStmt',
  'CommentStmt',
  'GrantStmt',
  'GrantRoleStmt',
  'AlterDefaultPrivilegesStmt',
  'CreateRoleStmt',
  'AlterRoleStmt',
  'VariableSetStmt',
  'SelectStmt',
  'CreateTrigStmt',
  'CreatePolicyStmt',
  'AlterPolicyStmt',
  'IndexStmt',
  'RuleStmt',
  'CreateStatsStmt',
  'AlterOwnerStmt',
  'CreateCastStmt',
  'DefineStmt',
  'CreatePublicationStmt',
  'AlterPublicationStmt',
  'NotifyStmt',
  'CreateEventTrigStmt',
  'AlterTypeStmt',
  'AlterObjectDependsStmt',
])

/** What a statement other than ALTER TABLE does that nothing rewrites yet. Kinds of statement that are not listed are not understood. */
export function otherKind(statement: Statement, migration: Migration): HazardKind | undefined {
  const [tag, s] = untag(statement.node)
  if (SAFE.has(tag)) return undefined
  switch (tag) {
    case 'CreateStmt':
      return s.partbound ? (isNewTable(migration, rangeKey(s.inhRelations[0].RangeVar)) ? undefined : KINDS.partition) : undefined
    case 'CreateTableAsStmt':
      return undefined
    case 'TransactionStmt':
      // Each step has a transaction of its own; anything finer than one transaction would be lost.
      return ['TRANS_STMT_BEGIN', 'TRANS_STMT_START', 'TRANS_STMT_COMMIT'].includes(s.kind) ? undefined : KINDS.notUnderstood
    case 'RenameStmt':
      return renameKind(s)
    case 'AlterObjectSchemaStmt':
      return s.objectType === 'OBJECT_TABLE' ? KINDS.renameTable : KINDS.enumChange
    case 'AlterEnumStmt':
      return s.oldVal ? KINDS.enumChange : usesLabel(s.newVal, statement, migration) ? KINDS.enumValueAtOnce : undefined
    case 'DropStmt':
      return dropKind(s, migration)
    case 'InsertStmt':
      return s.selectStmt?.SelectStmt?.valuesLists ? undefined : KINDS.dataChange
    case 'UpdateStmt':
    case 'DeleteStmt':
    case 'MergeStmt':
      return KINDS.dataChange
    case 'TruncateStmt':
    case 'ClusterStmt':
      return KINDS.rewriteTable
    case 'VacuumStmt':
      return (s.options ?? []).some((o: PgNode) => o.DefElem?.defname === 'full') ? KINDS.rewriteTable : undefined
    case 'ReindexStmt':
      return (s.params ?? []).some((o: PgNode) => o.DefElem?.defname === 'concurrently') ? undefined : KINDS.rewriteTable
    case 'RefreshMatViewStmt':
      return s.concurrent ? undefined : KINDS.rewriteTable
    default:
      return KINDS.notUnderstood
  }
}

function renameKind(s: PgNode): HazardKind | undefined {
  switch (s.renameType) {
    case 'OBJECT_INDEX':
    case 'OBJECT_TABCONSTRAINT':
    case 'OBJECT_SEQUENCE':
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_COLUMN':
      return undefined
    case 'OBJECT_TABLE':
    case 'OBJECT_SCHEMA':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return KINDS.renameTable
    case 'OBJECT_TYPE':
    case 'OBJECT_ATTRIBUTE':
      return KINDS.enumChange
    default:
      return KINDS.notUnderstood
  }
}

function dropKind(s: PgNode, migration: Migration): HazardKind | undefined {
  const names = (s.objects as PgNode[]).map((o) => strings(o.List?.items))
  switch (s.removeType) {
    case 'OBJECT_TABLE':
      return names.every((n) => isNewTable(migration, tableKey(n.at(-1) ?? '', n.at(-2)))) ? undefined : KINDS.dropTable
    case 'OBJECT_SCHEMA':
      return KINDS.dropTable
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return KINDS.dropView
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return dropsUnusedType(s, migration) ? undefined : KINDS.enumChange
    default:
      return undefined
  }
}

/** A type that no column has any more breaks no table; code casts to it only for columns of it. */
function dropsUnusedType(s: PgNode, migration: Migration): boolean {
  const names = (s.objects as PgNode[]).map((o) => strings(o.TypeName?.names).at(-1))
  for (const [key, table] of migration.before.tables) {
    for (const { name, type } of table.columns) {
      if (!type.includes('.')) continue
      const bare = elementType(type).replaceAll('"', '')
      if (names.some((n) => bare.endsWith(`.${n}`)) && !intentFor(migration, 'unused', key, name)) return false
    }
  }
  return true
}

/** A later statement of the same migration that writes the new label. */
function usesLabel(label: string, statement: Statement, migration: Migration): boolean {
  const later = migration.script.statements.filter((s) => s.index > statement.index)
  return later.some((s) => scan(s.sql).some((t) => t.name === 'SCONST' && t.text === `'${label.replaceAll("'", "''")}'`))
}
