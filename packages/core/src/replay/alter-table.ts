import { type Catalog, column, type Table, type TableName } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { DEFAULT_SCHEMA, rangeKey } from '../sql/relation.ts'
import { typeName } from '../sql/type-name.ts'
import { alterColumn } from './alter-column.ts'
import { alterConstraint, validateConstraint } from './alter-constraint.ts'
import { inPasses } from './alter-pass.ts'
import type { Change, Handler } from './change.ts'
import { withChildren } from './children.ts'
import { addConstraint } from './constraint.ts'
import { addColumnDefs } from './create-table.ts'
import { dropColumn } from './drop-column.ts'
import { dropConstraint } from './drop-constraint.ts'
import { mark, markEverything, markUnknown, putTable } from './edit.ts'
import { findIndex } from './find-index.ts'
import { addParent, dropParent } from './inherit.ts'
import { dropNotNull, setNotNull } from './not-null.ts'
import { attachPartition, detachPartition } from './partition.ts'
import { attachIndex } from './partition-index.ts'
import { alterComposite } from './types.ts'

/** ALTER TABLE, its actions in the order in which PostgreSQL does them. */
export const alterTable: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  if (fields.objtype === 'OBJECT_INDEX') return alterIndex(catalog, fields, change)
  if (fields.objtype === 'OBJECT_TYPE') return alterComposite(catalog, fields, change)
  if (fields.objtype !== 'OBJECT_TABLE' || catalog.views.has(key) || catalog.sequences.has(key)) return catalog
  if (!catalog.tables.has(key)) return fields.missing_ok ? catalog : markUnknown(catalog, key, change)
  const cmds = (fields.cmds as PgNode[]).map((c) => c.AlterTableCmd as PgNode)
  // The tree leaves `inh` out behind ONLY.
  const only = fields.relation.inh !== true
  return inPasses(cmds).reduce<Catalog>((current, cmd) => withChildren(current, key, { cmd, change, one: act }, only), catalog)
}

/** Actions that change how a table is stored, owned or guarded, and nothing that the catalog holds. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  `SetStatistics SetOptions ResetOptions SetStorage SetCompression ClusterOn DropCluster SetTableSpace SetRelOptions
  ResetRelOptions ReplaceRelOptions SetAccessMethod ChangeOwner ReplicaIdentity EnableTrig EnableAlwaysTrig EnableReplicaTrig DisableTrig
  EnableTrigAll DisableTrigAll EnableTrigUser DisableTrigUser EnableRule EnableAlwaysRule EnableReplicaRule DisableRule EnableRowSecurity
  DisableRowSecurity ForceRowSecurity NoForceRowSecurity DropOids`
    .split(/\s+/)
    .map((name) => `AT_${name}`),
)

function alterIndex(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const cmd = fields.cmds?.[0]?.AlterTableCmd as PgNode | undefined
  if (cmd?.subtype !== 'AT_AttachPartition') return catalog
  const child = cmd.def.PartitionCmd.name as PgNode
  const found = findIndex(catalog, child.schemaname ?? DEFAULT_SCHEMA, child.relname)
  if (!found) return markEverything(catalog, change, `the index "${child.relname}" is not known`)
  return attachIndex(catalog, fields.relation.relname, child.relname, found.key, change)
}

/** One action on one table. */
function act(catalog: Catalog, key: TableName, cmd: PgNode, change: Change, only: boolean): Catalog {
  const [, def] = untag(cmd.def)
  const table = catalog.tables.get(key)
  if (!table) return markUnknown(catalog, key, change)
  const dropping = { missingOk: cmd.missing_ok === true, cascade: cmd.behavior === 'DROP_CASCADE' }
  switch (cmd.subtype as string) {
    case 'AT_AddColumn':
      return addColumn(catalog, key, cmd, def, change)
    case 'AT_DropColumn':
      return dropColumn(catalog, key, cmd.name, change, dropping)
    case 'AT_AddConstraint':
      return addConstraint(catalog, key, def, change, { only })
    case 'AT_DropConstraint':
      return dropConstraint(catalog, key, cmd.name, change, dropping)
    case 'AT_ValidateConstraint':
      return validateConstraint(catalog, key, cmd.name, change)
    case 'AT_AlterConstraint':
      return alterConstraint(catalog, key, def, change)
    case 'AT_SetNotNull':
      return unknownColumn(catalog, key, cmd.name, change) ?? setNotNull(catalog, key, cmd.name)
    case 'AT_DropNotNull':
      return unknownColumn(catalog, key, cmd.name, change) ?? dropNotNull(catalog, key, cmd.name)
    case 'AT_AttachPartition':
      return attachPartition(catalog, key, def, change)
    case 'AT_DetachPartition':
    case 'AT_DetachPartitionFinalize':
      return detachPartition(catalog, def, change)
    case 'AT_AddInherit':
      return addParent(catalog, key, def, change)
    case 'AT_DropInherit':
      return dropParent(catalog, key, def)
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
      return putTable(catalog, key, persisted(table, cmd.subtype === 'AT_SetUnLogged'))
    case 'AT_AddOf':
      return putTable(catalog, key, { ...table, ofType: typeName(def) })
    case 'AT_DropOf':
      return putTable(catalog, key, withoutType(table))
    default:
      if (WITHOUT_EFFECT.has(cmd.subtype)) return catalog
      return alterColumn(catalog, key, cmd, def, change) ?? mark(catalog, key, change, `the action ${cmd.subtype.slice(3)} is not followed`)
  }
}

/** Constraints written beside a new column, in the order in which they are made. */
const BESIDE_COLUMN = ['CONSTR_NOTNULL', 'CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_CHECK', 'CONSTR_FOREIGN']

function addColumn(catalog: Catalog, key: TableName, cmd: PgNode, def: PgNode, change: Change): Catalog {
  if (column(catalog.tables.get(key), def.colname)) {
    return cmd.missing_ok ? catalog : mark(catalog, key, change, `the column "${def.colname}" is added while it stands already`)
  }
  const read = addColumnDefs(catalog, key, [def], change)
  const rank = (node: PgNode): number => BESIDE_COLUMN.indexOf(node.contype)
  const inOrder = read.constraints.length > 1 ? read.constraints.toSorted((a, b) => rank(a) - rank(b)) : read.constraints
  // A foreign key beside a new column is not checked against rows that all hold its default, yet PostgreSQL calls it validated.
  return inOrder.reduce<Catalog>((current, node) => addConstraint(current, key, node, change, { creating: true }), read.catalog)
}

/** The mark for a column that is not known, or undefined where it is. */
function unknownColumn(catalog: Catalog, key: TableName, name: string, change: Change): Catalog | undefined {
  return column(catalog.tables.get(key), name) ? undefined : mark(catalog, key, change, `the column "${name}" is not known`)
}

function persisted({ persistence: _, ...table }: Table, isUnlogged: boolean): Table {
  return { ...table, ...(isUnlogged && { persistence: 'unlogged' }) }
}

function withoutType({ ofType: _, ...table }: Table): Table {
  return table
}
