import type { Migration } from '../migration.ts'
import { ownedSequences } from '../replay/sequence.ts'
import { columnIn, displayTable, splitKey, type TableAction, tableAction } from '../sql/relation.ts'
import { objectName, quoteName, quoteText } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'
import { addedColumn } from './add-column.ts'
import { addedConstraint } from './add-constraint.ts'
import { catalogAt, type Finding, plainly, sqlOf } from './finding.ts'
import { validated } from './in-transaction.ts'
import { KINDS } from './kinds.ts'
import { attached, detached } from './partition.ts'

/** Actions that take a brief lock at most and break nothing, as measured on PostgreSQL 12 to 18. The strategies' own actions are theirs to judge. */
const SAFE = new Set([
  'AT_ColumnDefault',
  'AT_DropNotNull',
  'AT_SetNotNull',
  'AT_DropColumn',
  'AT_AlterColumnType',
  'AT_DropConstraint',
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
  'AT_ReplaceRelOptions',
  'AT_ChangeOwner',
  'AT_EnableRowSecurity',
  'AT_DisableRowSecurity',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
  'AT_ReplicaIdentity',
  'AT_EnableTrig',
  'AT_EnableTrigAll',
  'AT_EnableTrigUser',
  'AT_DisableTrig',
  'AT_DisableTrigAll',
  'AT_DisableTrigUser',
  'AT_EnableAlwaysTrig',
  'AT_EnableReplicaTrig',
  'AT_EnableRule',
  'AT_DisableRule',
  'AT_EnableAlwaysRule',
  'AT_EnableReplicaRule',
  'AT_AlterConstraint',
  'AT_AddInherit',
  'AT_DropInherit',
  'AT_DropOids',
])

/** What one action of ALTER TABLE does that nothing rewrites yet. */
export function actedOn(statement: Statement, migration: Migration): Finding[] {
  const action = tableAction(statement)
  // ALTER INDEX, SEQUENCE, VIEW and TYPE come as ALTER TABLE too: names and options in the catalog.
  if (!action) return statement.node.AlterTableStmt?.objtype === 'OBJECT_TABLE' ? [plainly(KINDS.notUnderstood, wordsOf(statement))] : []
  const on = displayTable(action.table)
  switch (action.type) {
    case 'AT_AddColumn':
      return addedColumn(action, statement, migration)
    case 'AT_AddConstraint':
      return addedConstraint(action, statement, migration)
    case 'AT_ValidateConstraint':
      return validated(action, statement, migration)
    case 'AT_AttachPartition':
      return attached(action, statement, migration)
    case 'AT_DetachPartition':
      return detached(action)
    case 'AT_AddIdentity':
      return identityAdded(action, statement, migration)
    case 'AT_SetExpression':
      return setExpression(action, statement, migration)
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
      return hasPersistence(action, statement, migration) ? [] : [plainly(KINDS.rewriteTable, on)]
    case 'AT_SetTableSpace':
    case 'AT_SetAccessMethod':
      return [plainly(KINDS.rewriteTable, on)]
    default:
      return SAFE.has(action.type) ? [] : [plainly(KINDS.notUnderstood, on)]
  }
}

/** The first words of a statement, for want of a name. */
export function wordsOf({ sql }: Statement): string {
  return sql.split(/\s+/).slice(0, 3).join(' ')
}

/** Only the expression of a stored column is worked out for every row at once. */
function setExpression(action: TableAction, statement: Statement, migration: Migration): Finding[] {
  const column = columnIn(catalogAt(statement, migration), action.table, action.name)
  if (column?.generated && !column.generated.stored) return []
  const fix = `Add a plain column beside ${quoteName(action.name)}, let a trigger keep it at the new expression, fill old rows in batches, then let the two swap their names.`
  return [{ kind: KINDS.rewriteTable, on: displayTable(action.table), fix }]
}

/** Drizzle Kit 0.3x turns a serial column into an identity without a word about its default. */
function identityAdded(action: TableAction, statement: Statement, migration: Migration): Finding[] {
  const catalog = catalogAt(statement, migration)
  if (columnIn(catalog, action.table, action.name)?.default === undefined) return []
  const [key] = ownedSequences(catalog, action.table, action.name)
  const away = key && quoteName(objectName('ec', splitKey(key)[1], 'old'))
  const fix = [
    `Write instead, in this order: ALTER TABLE ${action.sql} ALTER COLUMN ${quoteName(action.name)} DROP DEFAULT;`,
    ...(key ? [`ALTER SEQUENCE ${sqlOf(key)} RENAME TO ${away};`] : []),
    `${statement.sql};`,
    ...(key
      ? [
          `SELECT setval(pg_get_serial_sequence(${quoteText(action.sql)}, ${quoteText(action.name)}), last_value, is_called) FROM ${away};`,
          `DROP SEQUENCE ${away};`,
        ]
      : []),
  ]
  return [{ kind: KINDS.identityFails, on: `${displayTable(action.table)}.${action.name}`, fix: fix.join(' ') }]
}

function hasPersistence(action: TableAction, statement: Statement, migration: Migration): boolean {
  const table = catalogAt(statement, migration).tables.get(action.table)
  return table !== undefined && (table.persistence === 'unlogged') === (action.type === 'AT_SetUnLogged')
}
