import { newColumnRewrites } from '../facts/new-column.ts'
import type { HazardKind } from '../hazard.ts'
import type { Migration } from '../migration.ts'
import type { PgNode } from '../parser.ts'
import { actionOf, columnIn, type TableAction, tableAction } from '../relation.ts'
import type { Statement } from '../statement.ts'
import { KINDS } from './kinds.ts'

/** Actions that take a brief lock at most and break nothing, as measured on PostgreSQL 12 to 18. The strategies' own actions are theirs to judge. */
const SAFE = new Set([
  'AT_ColumnDefault',
  'AT_DropNotNull',
  'AT_SetNotNull',
  'AT_DropColumn',
  'AT_AlterColumnType',
  'AT_DropConstraint',
  'AT_AddIdentity',
  'AT_SetIdentity',
  'AT_DropIdentity',
  'AT_DropExpression',
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetStorage',
  'AT_SetCompression',
  'AT_ClusterOn',
  'AT_DropCluster',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_ChangeOwner',
  'AT_EnableRowSecurity',
  'AT_DisableRowSecurity',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
  'AT_ReplicaIdentity',
  'AT_EnableTrig',
  'AT_DisableTrig',
  'AT_EnableAlwaysTrig',
  'AT_EnableReplicaTrig',
  'AT_AlterConstraint',
])

const REWRITING = new Set(['AT_SetLogged', 'AT_SetUnLogged', 'AT_SetTableSpace', 'AT_SetAccessMethod', 'AT_SetExpression'])

/** What one action of ALTER TABLE does that nothing rewrites yet. */
export function tableActionKind(statement: Statement, migration: Migration): HazardKind | undefined {
  const action = tableAction(statement)
  // ALTER INDEX, SEQUENCE, VIEW and TYPE come as ALTER TABLE too: names and options in the catalog.
  if (!action) return statement.node.AlterTableStmt?.objtype === 'OBJECT_TABLE' ? KINDS.notUnderstood : undefined
  if (action.type === 'AT_AddColumn') return addColumn(action, statement, migration)
  if (action.type === 'AT_AddConstraint') return addConstraint(action.def)
  if (action.type === 'AT_ValidateConstraint') return addedHere(action, migration) ? KINDS.validateAtOnce : undefined
  if (action.type === 'AT_AttachPartition' || action.type === 'AT_DetachPartition') return KINDS.partition
  if (REWRITING.has(action.type)) return KINDS.rewriteTable
  return SAFE.has(action.type) ? undefined : KINDS.notUnderstood
}

function addColumn(action: TableAction, statement: Statement, migration: Migration): HazardKind | undefined {
  const constraints = ((action.def.constraints ?? []) as PgNode[]).map((c) => c.Constraint as PgNode)
  const has = (type: string): boolean => constraints.some((c) => c.contype === type)
  const column = columnIn(migration.at[statement.index + 1] ?? migration.after, action.table, action.name)
  const catalog = migration.at[statement.index] ?? migration.before
  if (column && newColumnRewrites(column, catalog, migration.postgres)) return KINDS.volatileDefault
  if (has('CONSTR_CHECK') || has('CONSTR_UNIQUE') || has('CONSTR_PRIMARY')) return KINDS.inlineConstraint
  // An inline key on a nullable column without default is not validated: every row is NULL.
  return has('CONSTR_FOREIGN') && (column?.default !== undefined || has('CONSTR_NOTNULL')) ? KINDS.inlineConstraint : undefined
}

function addConstraint(c: PgNode): HazardKind | undefined {
  if (c.contype === 'CONSTR_CHECK') return c.skip_validation ? undefined : KINDS.addCheck
  if (c.contype === 'CONSTR_UNIQUE' || c.contype === 'CONSTR_PRIMARY') return c.indexname ? undefined : KINDS.addUnique
  if (c.contype === 'CONSTR_EXCLUSION') return KINDS.addExclude
  if (c.contype === 'CONSTR_FOREIGN') return c.skip_validation ? undefined : KINDS.notUnderstood
  return c.contype === 'CONSTR_NOTNULL' && c.skip_validation ? undefined : KINDS.notUnderstood
}

/** NOT VALID earlier in the same migration: one transaction for Drizzle, and for Prisma before 7.4. */
function addedHere(action: TableAction, migration: Migration): boolean {
  return migration.script.statements.some((s) => {
    const added = actionOf(s, 'AT_AddConstraint')
    return added?.table === action.table && added.name === action.name
  })
}
