import { untag } from '../sql/parser.ts'
import type { Handler } from './change.ts'
import { mark, markEverything } from './edit.ts'
import { tablesRead } from './tables-named.ts'

/** A kind of statement that replay does not follow: the tables that it names are no longer known, or all where it names none. */
export const unfollowed: Handler = (catalog, fields, change) => {
  const reason = `${untag(change.statement.node)[0].replace(/Stmt$/, '')} is not followed`
  const tables = tablesRead(fields, catalog)
  if (tables.length === 0) return markEverything(catalog, change, reason)
  return tables.reduce((current, key) => mark(current, key, change, reason), catalog)
}

/** Kinds of statement that change nothing that the catalog holds. */
export const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  `AlterCollationStmt AlterDatabaseSetStmt AlterDatabaseStmt AlterDefaultPrivilegesStmt AlterEventTrigStmt AlterExtensionStmt
  AlterObjectDependsStmt AlterOperatorStmt AlterOwnerStmt AlterPublicationStmt AlterRoleSetStmt AlterRoleStmt
  AlterStatsStmt AlterSubscriptionStmt AlterSystemStmt AlterTableMoveAllStmt AlterTableSpaceOptionsStmt AlterTypeStmt CheckPointStmt
  ClusterStmt CommentStmt ConstraintsSetStmt CopyStmt CreateAmStmt CreateCastStmt CreateConversionStmt
  CreateFdwStmt CreateForeignServerStmt CreateOpClassStmt CreateOpFamilyStmt CreatePLangStmt
  CreatePublicationStmt CreateRoleStmt CreateStatsStmt CreateSubscriptionStmt CreateTransformStmt
  CreateUserMappingStmt DeallocateStmt DropRoleStmt ExplainStmt GrantRoleStmt GrantStmt
  ListenStmt LoadStmt LockStmt NotifyStmt RefreshMatViewStmt ReindexStmt SecLabelStmt TruncateStmt UnlistenStmt
  VacuumStmt VariableShowStmt`.split(/\s+/),
)
