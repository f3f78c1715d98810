import type { Migration } from './migration.ts'
import { doBody } from './plpgsql/plpgsql.ts'
import { type PgNode, untag } from './sql/parser.ts'
import { columnIn, isNewTable, rangeKey, strings } from './sql/relation.ts'
import type { Statement } from './sql/statement.ts'
import { userType } from './sql/type-name.ts'

const NEW = new Set(['CreateEnumStmt', 'CompositeTypeStmt', 'CreateDomainStmt', 'CreateSchemaStmt', 'CreateExtensionStmt', 'CreateSeqStmt'])

/** True for a statement that makes something new, or that works on a table which this migration makes, and needs nothing that the migration changes elsewhere. */
export function makesOnlyNew(statement: Statement, migration: Migration): boolean {
  const commands = statement.node.DoStmt ? (doBody(statement) ?? []) : [statement]
  return commands.length > 0 && commands.every((command) => isNew(command.node, migration))
}

/** True for ALTER TYPE … ADD VALUE on an enum that was there before the migration. */
export function addsValueToOld({ node }: Statement, migration: Migration): boolean {
  const s = node.AlterEnumStmt as PgNode | undefined
  return s !== undefined && !s.oldVal && migration.before.enums.has(userType(strings(s.typeName)))
}

function isNew(node: PgNode, migration: Migration): boolean {
  const [tag, s] = untag(node)
  if (NEW.has(tag)) return true
  if (tag === 'CreateStmt') return !s.partbound && !s.inhRelations && foreignKeys(s.tableElts ?? []).every((key) => stands(key, migration))
  if (tag === 'IndexStmt') return !s.concurrent && isNewTable(migration, rangeKey(s.relation))
  if (tag !== 'AlterTableStmt' || s.objtype !== 'OBJECT_TABLE' || !isNewTable(migration, rangeKey(s.relation))) return false
  return (s.cmds as PgNode[]).every((c) => {
    const [kind, def] = untag(c.AlterTableCmd.def)
    return kind !== 'Constraint' || def.contype !== 'CONSTR_FOREIGN' || stands(def, migration)
  })
}

function foreignKeys(elements: readonly PgNode[]): PgNode[] {
  const constraints = elements
    .flatMap((e) => [e, ...((e.ColumnDef?.constraints ?? []) as PgNode[])])
    .flatMap((e) => (e.Constraint ? [e.Constraint as PgNode] : []))
  return constraints.filter((c) => c.contype === 'CONSTR_FOREIGN')
}

/** The other side of a key is new too, or is there before the migration. */
function stands(key: PgNode, migration: Migration): boolean {
  const other = rangeKey(key.pktable)
  return isNewTable(migration, other) || strings(key.pk_attrs).every((name) => columnIn(migration.before, other, name) !== undefined)
}
