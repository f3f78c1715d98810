import type { HazardKind } from '../hazard.ts'
import type { Migration } from '../migration.ts'
import { type PgNode, untag } from '../parser.ts'
import { isNewTable, rangeKey, strings } from '../relation.ts'
import type { Statement } from '../statement.ts'
import { intentFor, isUnusedTable } from '../target.ts'
import { elementType, userType } from '../type-name.ts'
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
      return renameKind(s, migration)
    case 'AlterObjectSchemaStmt':
      return s.objectType === 'OBJECT_TABLE' ? undefined : KINDS.enumChange
    case 'AlterEnumStmt':
      return s.oldVal ? KINDS.enumChange : undefined
    case 'DropStmt':
      return dropKind(s, migration)
    case 'InsertStmt':
      return undefined
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

function renameKind(s: PgNode, migration: Migration): HazardKind | undefined {
  switch (s.renameType) {
    case 'OBJECT_INDEX':
    case 'OBJECT_TABCONSTRAINT':
    case 'OBJECT_SEQUENCE':
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_COLUMN':
      return undefined
    case 'OBJECT_TABLE':
      return undefined
    case 'OBJECT_SCHEMA':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return KINDS.renameRelation
    case 'OBJECT_TYPE': {
      const type = userType(strings(s.object?.List?.items))
      return migration.intents.some((i) => i.kind === 'unused-type' && i.type === type) ? undefined : KINDS.enumChange
    }
    case 'OBJECT_ATTRIBUTE':
      return KINDS.enumChange
    default:
      return KINDS.notUnderstood
  }
}

function dropKind(s: PgNode, migration: Migration): HazardKind | undefined {
  switch (s.removeType) {
    case 'OBJECT_TABLE':
      return undefined
    case 'OBJECT_SCHEMA':
      return KINDS.dropSchema
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return undefined
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
  const used = [...migration.before.tables].flatMap(([key, t]) =>
    isUnusedTable(migration, key)
      ? []
      : t.columns.filter((c) => !intentFor(migration, 'unused', key, c.name)).map((c) => elementType(c.type).replaceAll('"', '')),
  )
  return names.every((name) => !used.some((type) => type.endsWith(`.${name}`)))
}
