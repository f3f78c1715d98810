import { type Catalog, type Column, column, type Table, type TableName, type TypeName } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../parser.ts'
import { rangeKey } from '../relation.ts'
import { elementType, serialType, typeName } from '../type-name.ts'
import type { Change, Handler } from './change.ts'
import { collationOf, withDefault } from './column.ts'
import { addConstraint } from './constraint.ts'
import { addColumnDef } from './create-table.ts'
import { dropColumn } from './drop-column.ts'
import { dropConstraint } from './drop-constraint.ts'
import { editTable, mark, markUnknown, putTable } from './edit.ts'
import { expressionFrom, find, parenthesised, sourceOf } from './slice.ts'

/** ALTER TABLE, its actions one after the other. */
export const alterTable: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  if (fields.objtype !== 'OBJECT_TABLE' || catalog.views.has(key)) return catalog
  if (!catalog.tables.has(key)) return fields.missing_ok ? catalog : markUnknown(catalog, key, change)
  let current = catalog
  for (const { AlterTableCmd: cmd } of fields.cmds as PgNode[]) current = action(current, key, cmd, change)
  return current
}

/** Actions that change how a table is stored, owned or guarded, and nothing that the catalog holds. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  `SetStatistics SetOptions ResetOptions SetStorage SetCompression ClusterOn DropCluster SetLogged SetUnLogged SetTableSpace SetRelOptions
  ResetRelOptions ReplaceRelOptions SetAccessMethod ChangeOwner ReplicaIdentity EnableTrig EnableAlwaysTrig EnableReplicaTrig DisableTrig
  EnableTrigAll DisableTrigAll EnableTrigUser DisableTrigUser EnableRule EnableAlwaysRule EnableReplicaRule DisableRule EnableRowSecurity
  DisableRowSecurity ForceRowSecurity NoForceRowSecurity DropOids`
    .split(/\s+/)
    .map((name) => `AT_${name}`),
)

function action(catalog: Catalog, key: TableName, cmd: PgNode, change: Change): Catalog {
  const [, def] = untag(cmd.def)
  const type = cmd.subtype as string
  switch (type) {
    case 'AT_AddColumn':
      return addColumn(catalog, key, cmd, def, change)
    case 'AT_DropColumn':
      return dropColumn(catalog, key, cmd.name, change, { missingOk: cmd.missing_ok === true, cascade: cmd.behavior === 'DROP_CASCADE' })
    case 'AT_AddConstraint':
      return addConstraint(catalog, key, def, change)
    case 'AT_DropConstraint':
      return dropConstraint(catalog, key, cmd.name, change, {
        missingOk: cmd.missing_ok === true,
        cascade: cmd.behavior === 'DROP_CASCADE',
      })
    case 'AT_ValidateConstraint':
      return editConstraint(catalog, key, cmd.name, change, { validated: true })
    case 'AT_AlterConstraint':
      return def.alterDeferrability === true
        ? editConstraint(catalog, key, def.conname, change, { deferrable: def.deferrable === true })
        : mark(catalog, key, change, 'this kind of ALTER CONSTRAINT is not followed')
    default:
      if (WITHOUT_EFFECT.has(type)) return catalog
      return columnAction(catalog, key, type, cmd, def, change) ?? mark(catalog, key, change, `the action ${type.slice(3)} is not followed`)
  }
}

function addColumn(catalog: Catalog, key: TableName, cmd: PgNode, def: PgNode, change: Change): Catalog {
  if (column(catalog.tables.get(key), def.colname)) {
    return cmd.missing_ok ? catalog : mark(catalog, key, change, `the column "${def.colname}" is added while it stands already`)
  }
  const read = addColumnDef(catalog, key, def, change)
  const rank = (node: PgNode): number => ['CONSTR_CHECK', 'CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_FOREIGN'].indexOf(node.contype)
  const inOrder = read.constraints.toSorted((a, b) => rank(a) - rank(b))
  // A foreign key beside a new column is not checked against rows that all hold its default, yet PostgreSQL calls it validated.
  return inOrder.reduce<Catalog>((current, node) => addConstraint(current, key, node, change, true), read.catalog)
}

function columnAction(catalog: Catalog, key: TableName, type: string, cmd: PgNode, def: PgNode, change: Change): Catalog | undefined {
  const edit = columnEdit(type, cmd, def, change)
  if (!edit) return undefined
  const name = cmd.name as string
  if (!column(catalog.tables.get(key), name)) return mark(catalog, key, change, `the column "${name}" is not known`)
  let doubt: string | undefined
  const edited = editTable(catalog, key, change, (table) => ({
    ...table,
    columns: table.columns.map((c) => {
      if (c.name !== name) return c
      const result = edit(c)
      if (typeof result !== 'string') return result
      doubt = result
      return c
    }),
  }))
  return doubt === undefined ? edited : mark(edited, key, change, doubt)
}

/** What an action makes of a column, or of what it could not read; undefined where it is none of these actions. */
function columnEdit(type: string, cmd: PgNode, def: PgNode, change: Change): ((column: Column) => Column | string) | undefined {
  switch (type) {
    case 'AT_SetNotNull':
      return (c) => ({ ...c, notNull: true })
    case 'AT_DropNotNull':
      return (c) => ({ ...c, notNull: false })
    case 'AT_ColumnDefault':
      return (c) => setDefault(c, cmd.def, change)
    case 'AT_AlterColumnType':
      return (c) => setType(c, def)
    case 'AT_AddIdentity':
      return (c) => ({ ...c, notNull: true, identity: def.generated_when === 'd' ? 'by default' : 'always' })
    case 'AT_SetIdentity':
      return (c) => setIdentity(c, cmd.def)
    case 'AT_DropIdentity':
      return ({ identity: _, ...c }) => c
    case 'AT_DropExpression':
      return ({ generated: _, ...c }) => c
    case 'AT_SetExpression':
      return (c) => setExpression(c, cmd.def, change)
    default:
      return undefined
  }
}

function setDefault(column: Column, node: PgNode | undefined, change: Change): Column | string {
  const { default: _, ...bare } = column
  if (!node) return bare
  const source = sourceOf(change.statement)
  const text = expressionFrom(source, find(source, 'DEFAULT', find(source, 'SET')) + 1, node)
  return text === undefined ? `the default of "${column.name}" could not be read` : withDefault(column, text, node)
}

function setType(column: Column, def: PgNode): Column | string {
  if (serialType(def.typeName)) return `the type of "${column.name}" is changed to a serial, which PostgreSQL does not do`
  const { collation: _, ...bare } = column
  const collation = collationOf(def)
  const type = typeName(def.typeName)
  return { ...bare, type, ...keptDefault(column, type), ...(collation !== undefined && { collation }) }
}

/** A default stays a value of the old type, cast to the new one: of a type of the user it keeps hold. */
function keptDefault(column: Column, type: TypeName): Pick<Column, 'default'> {
  const isUsers = elementType(column.type).includes('.')
  return column.default !== undefined && isUsers && type !== column.type ? { default: `(${column.default})::${column.type}` } : {}
}

function setIdentity(column: Column, options: PgNode): Column {
  const kind = ((options.List?.items ?? []) as PgNode[]).find((o) => o.DefElem?.defname === 'generated')?.DefElem.arg?.Integer?.ival
  if (kind === undefined) return column
  return { ...column, identity: String.fromCharCode(kind) === 'd' ? 'by default' : 'always' }
}

function setExpression(column: Column, node: PgNode, change: Change): Column | string {
  const expression = parenthesised(sourceOf(change.statement), 'AS', 0, node)
  if (expression === undefined || !column.generated) return `the expression of "${column.name}" could not be read`
  return { ...column, generated: { ...column.generated, expression } }
}

function editConstraint(
  catalog: Catalog,
  key: TableName,
  name: string,
  change: Change,
  edit: { validated?: boolean; deferrable?: boolean },
): Catalog {
  const table = catalog.tables.get(key) as Table
  if (!table.constraints.some((c) => c.name === name)) return mark(catalog, key, change, `the constraint "${name}" is not known`)
  return putTable(catalog, key, { ...table, constraints: table.constraints.map((c) => (c.name === name ? amended(c, edit) : c)) })
}

function amended(constraint: Table['constraints'][number], edit: { validated?: boolean; deferrable?: boolean }) {
  const { deferrable, ...bare } = { ...constraint, ...edit }
  return deferrable ? { ...bare, deferrable } : bare
}
